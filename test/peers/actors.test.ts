import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { createSystem, defineActor, type ActorSystem, type RemoteNode } from '@ringpost/actors'
import { startProgram, type RunningExample } from '../examples/startExample.ts'
import { freeTcpEndpoint } from '../support/freeEndpoints.ts'
import { python } from './interpreter.ts'

// The programs of examples/python, each in a process of its own, at the other end.

const counter = defineActor(import.meta.url, 'counter', (_ctx, start: number) => {
  let n = start
  return {
    add(by: number) {
      n += by
    },
    value() {
      return n
    },
  }
})

let system: ActorSystem | undefined
let running: RunningExample[] = []
afterEach(async () => {
  await Promise.all(running.map((program) => program.kill()))
  running = []
  await system?.close()
})

function start(program: string, endpoint: string): RunningExample {
  const path = fileURLToPath(new URL(`../../examples/python/${program}.py`, import.meta.url))
  const example = startProgram(python('zmq', 'msgpack'), [path, endpoint])
  running.push(example)
  return example
}

async function node(): Promise<ActorSystem> {
  system = await createSystem({ hosts: 0 })
  return system
}

/** Listens, and tells of the nodes that come. */
async function listening(here: ActorSystem, endpoint = 'tcp://127.0.0.1:*') {
  const waiting: ((node: RemoteNode) => void)[] = []
  const came: RemoteNode[] = []
  const listener = await here.listen(endpoint, {
    goneAfterMs: 300,
    onNode(one) {
      const next = waiting.shift()
      if (next === undefined) came.push(one)
      else next(one)
    },
  })
  const next = (): Promise<RemoteNode> => {
    const one = came.shift()
    return one === undefined
      ? new Promise((resolve) => waiting.push(resolve))
      : Promise.resolve(one)
  }
  return { listener, next }
}

interface Worker {
  primes(begin: number, end: number): number
  missing(): void
}

describe('a program in Python', () => {
  it('calls an actor', async () => {
    const here = await node()
    here.expose('counter', await here.spawn(counter, 40))
    const { listener } = await listening(here)
    const client = start('actor_client', listener.endpoint)
    expect(await client.ended()).toBe(0)
    expect(client.output()).toBe('value 42\nActorError: There is no actor /missing here\n')
  })

  it('serves as an actor', async () => {
    const here = await node()
    const endpoint = await freeTcpEndpoint()
    const server = start('actor_server', endpoint)
    await server.says('listening')
    const there = await here.connect(endpoint)
    expect(there).toMatchObject({ name: 'python', actors: ['/statistics'] })
    const statistics = there.ref<{ add(number: number): void; median(): number }>('/statistics')
    for (const number of [5, 1, 4]) statistics.tell.add(number)
    await statistics.send.add(100)
    expect(await statistics.ask.median()).toBe(4.5)
  })

  it('works for a node, and is missed when it is killed', async () => {
    const here = await node()
    const { listener, next } = await listening(here)
    const worker = start('actor_worker', listener.endpoint)
    const there = await next()
    expect(there).toMatchObject({ name: 'worker', actors: ['/worker'] })
    const ref = there.ref<Worker>('/worker')
    const parts = [0, 100, 200, 300].map((begin) => ref.ask.primes(begin, begin + 100))
    expect((await Promise.all(parts)).reduce((sum, part) => sum + part)).toBe(13_887)
    await expect(ref.ask.missing()).rejects.toMatchObject({ code: 'ENOHANDLER' })
    await expect(ref.ask.primes(0, 'x' as never)).rejects.toMatchObject({
      name: 'TypeError',
      code: 'EPYTHON',
    })
    const down = ref.down()
    await ref.ask.primes(0, 10)
    await worker.kill()
    expect(await down).toMatchObject({ reason: 'node lost' })
    await expect(ref.ask.primes(0, 10)).rejects.toMatchObject({ code: 'ENODEDOWN' })
  })

  it('says hello again when the node has started again', async () => {
    const first = await node()
    // Not any one: in between others might be given it.
    const endpoint = await freeTcpEndpoint()
    const { next } = await listening(first, endpoint)
    start('actor_worker', endpoint)
    await next()
    await first.close()
    const second = await node()
    const { next: nextOfSecond } = await listening(second, endpoint)
    const there = await nextOfSecond()
    expect(await there.ref<Worker>('/worker').ask.primes(0, 10)).toBe(17)
  })
})
