import * as transport from '@ringpost/transport'
import { afterAll } from 'vitest'
import { FreePaths } from '../support/freeEndpoints.ts'
import { asZmq } from '../support/suiteApi.ts'
import { farHere } from '../support/suiteFar.ts'
import { urlOf } from '../support/suiteModule.ts'
import { describeContract } from './contract.ts'

const paths = new FreePaths()
afterAll(() => paths.release())

transport.context.ioThreads = 0

describeContract({
  name: 'ipc, in the loop of the sockets',
  zmq: asZmq(transport),
  module: urlOf('@ringpost/transport'),
  endpoint: () => paths.endpoint(),
  far: farHere(asZmq(transport)),
  features: {
    threads: false,
    blocking: false,
    immediate: false,
    exclusive: false,
    exactHighWaterMark: false,
    inproc: false,
  },
})
