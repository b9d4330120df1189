import * as transport from '@ringpost/transport'
import { afterAll } from 'vitest'
import { FreePaths } from '../../support/freeEndpoints.ts'
import { asZmq } from '../../support/suiteApi.ts'
import { farHere } from '../../support/suiteFar.ts'
import { urlOf } from '../../support/suiteModule.ts'
import { describeContract } from '../../suites/contract.ts'

const paths = new FreePaths()
afterAll(() => paths.release())

describeContract({
  name: 'ipc, within one thread',
  zmq: asZmq(transport),
  module: urlOf('@ringpost/transport'),
  endpoint: () => paths.endpoint(),
  far: farHere(asZmq(transport)),
  features: {
    threads: false,
    blocking: true,
    immediate: false,
    exclusive: false,
    exactHighWaterMark: false,
    inproc: false,
  },
})
