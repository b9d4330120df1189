import { describeTransport } from '../../support/suiteTransport.ts'

await describeTransport('ipc', 'within one thread')
