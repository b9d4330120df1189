import { describeAbsence } from '../interop/absence.ts'

describeAbsence({ interval: 500, timeout: 5000, seconds: 30 })
