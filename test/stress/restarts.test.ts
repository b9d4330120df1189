import { describeRestarts } from '../interop/faults/restarts.ts'

describeRestarts(50)
