import { describeHandshakeCuts } from '../interop/faults/handshakeCuts.ts'

describeHandshakeCuts('tcp', 'CURVE')
describeHandshakeCuts('ipc', 'CURVE')
describeHandshakeCuts('ws', 'NULL')
