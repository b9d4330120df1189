import * as transport from '@ringpost/transport'
import { afterAll } from 'vitest'
import { FreePorts } from '../../support/freeEndpoints.ts'
import { asZmq } from '../../support/suiteApi.ts'
import { farHere } from '../../support/suiteFar.ts'
import { urlOf } from '../../support/suiteModule.ts'
import { describeContract } from '../../suites/contract.ts'

const ports = await FreePorts.hold(500)
afterAll(() => ports.release())

transport.context.ioThreads = 0

describeContract({
  name: 'ws, in the loop of the sockets',
  zmq: asZmq(transport),
  module: urlOf('@ringpost/transport'),
  endpoint: () => ports.endpoint('ws'),
  far: farHere(asZmq(transport)),
  features: {
    threads: false,
    blocking: false,
    immediate: false,
    exclusive: true,
    exactHighWaterMark: false,
    inproc: false,
  },
})
