import { describeTransport } from '../../support/suiteTransport.ts'

await describeTransport('ws', 'in the loop of the sockets')
