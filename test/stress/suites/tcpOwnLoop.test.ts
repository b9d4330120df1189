import { describeTransport } from '../../support/suiteTransport.ts'

await describeTransport('tcp', 'in the loop of the sockets')
