import * as core from '@ringpost/core'
import { afterAll } from 'vitest'
import { asZmq } from '../support/suiteApi.ts'
import { farThread } from '../support/suiteFar.ts'
import { urlOf } from '../support/suiteModule.ts'
import { describeContract } from './contract.ts'

const module = urlOf('@ringpost/core')
const startThread = () => farThread(module)
const far = await startThread()
afterAll(() => far.terminate())

let endpoints = 0

describeContract({
  name: 'inproc, between threads',
  zmq: asZmq(core),
  module,
  endpoint: () => `inproc://between-${++endpoints}`,
  far,
  startThread,
  features: {
    threads: true,
    blocking: true,
    immediate: true,
    exclusive: true,
    exactHighWaterMark: true,
    inproc: true,
  },
})
