import { describeTransport } from '../../support/suiteTransport.ts'

await describeTransport('tcp', 'between threads')
