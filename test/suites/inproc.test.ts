import * as core from '@ringpost/core'
import { asZmq } from '../support/suiteApi.ts'
import { farHere } from '../support/suiteFar.ts'
import { urlOf } from '../support/suiteModule.ts'
import { describeContract } from './contract.ts'

let endpoints = 0

describeContract({
  name: 'inproc, within one thread',
  zmq: asZmq(core),
  module: urlOf('@ringpost/core'),
  endpoint: () => `inproc://within-${++endpoints}`,
  far: farHere(asZmq(core)),
  features: {
    threads: false,
    blocking: true,
    immediate: true,
    exclusive: true,
    exactHighWaterMark: true,
    inproc: true,
  },
})
