import { describeTransport } from '../../support/suiteTransport.ts'

await describeTransport('ws', 'between threads')
