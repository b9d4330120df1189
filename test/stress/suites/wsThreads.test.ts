import * as transport from '@ringpost/transport'
import { afterAll } from 'vitest'
import { FreePorts } from '../../support/freeEndpoints.ts'
import { asZmq } from '../../support/suiteApi.ts'
import { farThread } from '../../support/suiteFar.ts'
import { urlOf } from '../../support/suiteModule.ts'
import { describeContract } from '../../suites/contract.ts'

const module = urlOf('@ringpost/transport')
const startThread = () => farThread(module)
const far = await startThread()
const ports = await FreePorts.hold(600)
afterAll(async () => {
  ports.release()
  await far.terminate()
})

describeContract({
  name: 'ws, between threads',
  zmq: asZmq(transport),
  module,
  endpoint: () => ports.endpoint('ws'),
  far,
  startThread,
  features: {
    threads: true,
    blocking: true,
    immediate: false,
    exclusive: true,
    exactHighWaterMark: false,
    inproc: false,
  },
})
