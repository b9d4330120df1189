import * as zmq from '@ringpost/core'
import { describe } from 'vitest'
import { farHere, farThread } from '../support/suiteFar.ts'
import type { Subject } from '../support/suiteSubject.ts'
import { describePublishSubscribe } from './publishSubscribe.ts'
import { describeExtendedPublish } from './extendedPublish.ts'
import { describeRadioDish } from './radioDish.ts'
import { describeConflate } from './conflate.ts'
import { describeHighWaterMark } from './highWaterMark.ts'
let n = 0
const base = { zmq: zmq as never, endpoint: () => `inproc://zz${++n}` }
const features = { threads: true, exactHighWaterMark: true, inproc: true }
const far = await farThread('@ringpost/core')
for (const subject of [
  { ...base, name: 'one thread', far: farHere(zmq as never), features: { ...features, threads: false } },
  { ...base, name: 'two threads', far, features },
] as Subject[]) {
  describe(subject.name, () => {
    describePublishSubscribe(subject)
    describeExtendedPublish(subject)
    describeRadioDish(subject)
    describeConflate(subject)
    describeHighWaterMark(subject)
  })
}
