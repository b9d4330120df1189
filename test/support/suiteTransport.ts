import * as transport from '@ringpost/transport'
import { afterAll } from 'vitest'
import { describeContract } from '../suites/contract.ts'
import { FreePaths, FreePorts } from './freeEndpoints.ts'
import { asZmq } from './suiteApi.ts'
import { farHere, farThread } from './suiteFar.ts'
import { urlOf } from './suiteModule.ts'

/** More endpoints than the contract asks for. */
const PORTS = 600

/** Where the far sockets are, and where bytes are moved. */
export type Arrangement = 'within one thread' | 'in the loop of the sockets' | 'between threads'

/** What sockets promise whatever joins them, tried over one transport. */
export async function describeTransport(
  scheme: 'tcp' | 'ws' | 'ipc',
  arrangement: Arrangement,
): Promise<void> {
  const module = urlOf('@ringpost/transport')
  const zmq = asZmq(transport)
  const hasThreads = arrangement === 'between threads'
  const hasOwnLoop = arrangement === 'in the loop of the sockets'
  if (hasOwnLoop) transport.context.ioThreads = 0
  const startThread = () => farThread(module)
  const thread = hasThreads ? await startThread() : undefined
  const places = scheme === 'ipc' ? new FreePaths() : await FreePorts.hold(PORTS)
  afterAll(async () => {
    places.release()
    await thread?.terminate()
  })

  describeContract({
    name: `${scheme}, ${arrangement}`,
    zmq,
    module,
    endpoint: () => places.endpoint(scheme),
    far: thread ?? farHere(zmq),
    ...(hasThreads ? { startThread } : {}),
    features: {
      threads: hasThreads,
      blocking: !hasOwnLoop,
      immediate: false,
      // Who binds a path takes it from whoever had it.
      exclusive: scheme !== 'ipc',
      exactHighWaterMark: false,
      inproc: false,
    },
  })
}
