import * as core from '@ringpost/core'
import { afterAll } from 'vitest'
import { asZmq } from '../support/suiteApi.ts'
import { farHere, farThread } from '../support/suiteFar.ts'
import { urlOf } from '../support/suiteModule.ts'
import { describeHugeMessages } from '../suites/messages.ts'

const zmq = asZmq(core)
const module = urlOf('@ringpost/core')
const far = await farThread(module)
afterAll(() => far.terminate())

const features = {
  blocking: true,
  immediate: true,
  exclusive: true,
  exactHighWaterMark: true,
  inproc: true,
}

let endpoints = 0
const endpoint = (): string => `inproc://huge-${++endpoints}`

describeHugeMessages({
  name: 'inproc, within one thread',
  zmq,
  module,
  endpoint,
  far: farHere(zmq),
  features: { ...features, threads: false },
})

describeHugeMessages({
  name: 'inproc, between threads',
  zmq,
  module,
  endpoint,
  far,
  features: { ...features, threads: true },
})
