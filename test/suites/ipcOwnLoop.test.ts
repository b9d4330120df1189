import { describeTransport } from '../support/suiteTransport.ts'

await describeTransport('ipc', 'in the loop of the sockets')
