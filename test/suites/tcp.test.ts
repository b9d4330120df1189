import { describeTransport } from '../support/suiteTransport.ts'

await describeTransport('tcp', 'within one thread')
