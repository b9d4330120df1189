import * as transport from '@ringpost/transport'
import { afterAll } from 'vitest'
import { FreePorts } from '../support/freeEndpoints.ts'
import { asZmq } from '../support/suiteApi.ts'
import { farHere } from '../support/suiteFar.ts'
import { urlOf } from '../support/suiteModule.ts'
import { describeContract } from './contract.ts'

const ports = await FreePorts.hold(500)
afterAll(() => ports.release())

describeContract({
  name: 'tcp, within one thread',
  zmq: asZmq(transport),
  module: urlOf('@ringpost/transport'),
  endpoint: () => ports.endpoint(),
  far: farHere(asZmq(transport)),
  features: {
    threads: false,
    blocking: true,
    immediate: false,
    exclusive: true,
    exactHighWaterMark: false,
    inproc: false,
  },
})
