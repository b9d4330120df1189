import * as core from '@ringpost/core'
import { afterAll } from 'vitest'
import { farThread } from '../support/suiteFar.ts'
import { describeContract } from './contract.ts'

let endpoints = 0
const far = await farThread('@ringpost/core')
afterAll(() => far.terminate())

describeContract({
  name: 'inproc, between threads',
  zmq: core,
  endpoint: () => `inproc://between-${++endpoints}`,
  far,
  features: { threads: true, exactHighWaterMark: true, inproc: true },
})
