import { describeTransport } from '../../support/suiteTransport.ts'

await describeTransport('ipc', 'between threads')
