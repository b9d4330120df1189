import { afterEach, describe, expect, it } from 'vitest'
import { defineActor } from '../definition/definition.ts'
import type { ActorRef } from '../host/ref.ts'
import type { ActorSystem } from '../system/system.ts'
import { Cable } from '../nodes/testing/cable.test-support.ts'
import type { RemoteNode } from '../nodes/remoteNode.ts'
import { Nodes } from '../nodes/testing/nodes.test-support.ts'

let isHeldUp = false
let begin: (() => void) | undefined
let goOn: (() => void) | undefined

const squarer = defineActor(import.meta.url, 'squarer', () => ({
  async square(n: number) {
    if (isHeldUp) {
      isHeldUp = false
      await new Promise<void>((resolve) => {
        goOn = resolve
        begin!()
      })
    }
    return n * n
  },
}))

/** The next task waits until `goOn`. @returns when it has begun */
function holdUpOne(): Promise<void> {
  isHeldUp = true
  return new Promise((resolve) => (begin = resolve))
}

/** Of odd numbers it asks another. */
const relay = defineActor(import.meta.url, 'relay', (_ctx, other: ActorRef<Squarer>) => ({
  square: (n: number) => (n % 2 === 0 ? n * n : other.ask.square(n)),
}))

interface Squarer {
  square(n: number): number
}

const nodes = new Nodes()
const cables: Cable[] = []
afterEach(async () => {
  goOn?.()
  await nodes.close()
  for (const cable of cables.splice(0)) cable.close()
})

/** Two workers: one in another node, which has connected through a cable, and one in the farm's own. */
async function workersOfTwoNodes(goneAfterMs: number) {
  const home = await nodes.start()
  let onNode!: (node: RemoteNode) => void
  const came = new Promise<RemoteNode>((resolve) => (onNode = resolve))
  const { endpoint } = await home.listen('tcp://127.0.0.1:*', { goneAfterMs, onNode })
  const cable = await Cable.to(endpoint)
  cables.push(cable)
  const far = await nodes.start()
  far.expose('squarer', await far.spawn(squarer))
  await far.connect(cable.endpoint, { goneAfterMs: 10_000 })
  const workerThere = (await came).ref<typeof squarer>('/squarer')
  return { cable, home, workerThere, workerHere: await home.spawn(squarer) }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = []
  for await (const item of items) read.push(item)
  return read
}

const numbers = Array.from({ length: 100 }, (_, n) => n)
const squares = numbers.map((n) => n * n)

describe('a farm whose worker is in another node', () => {
  it('gives the tasks of a node that is gone to others: each result comes once', async () => {
    const { cable, home, workerThere, workerHere } = await workersOfTwoNodes(50)
    await using farm = await home.farm([workerThere])
    const begun = holdUpOne()
    const run = farm.map(numbers, 'square')
    const results = all(run)
    await begun
    farm.hire(workerHere)
    cable.cut()
    expect(await results).toEqual(squares)
    expect(run.progress).toMatchObject({ done: 100, failed: 0 })
    expect(run.progress.retried).toBeGreaterThanOrEqual(1)
    expect(farm.workers).toBe(1)
  })

  it('keeps the worker when the connection is lost for a moment', async () => {
    const { cable, home, workerThere } = await workersOfTwoNodes(10_000)
    await using farm = await home.farm([workerThere])
    const begun = holdUpOne()
    const results = all(farm.map(numbers, 'square'))
    await begun
    cable.cut()
    goOn!()
    cable.mend()
    expect(await results).toEqual(squares)
    expect(farm.workers).toBe(1)
  })
})

describe('a worker whose task asks somebody who is gone', () => {
  const NOBODY = `node:${'0'.repeat(32)}/nobody`

  /** Somebody who is gone, as a node of the test knows them, and what asking them fails with. */
  const gone = {
    ENODEDOWN: async (by: ActorSystem) => by.ref<Squarer>(NOBODY),
    ENOACTOR: async (by: ActorSystem) => {
      const actor = await by.spawn(squarer)
      await actor.stop()
      return actor as ActorRef<Squarer>
    },
  }

  it.each(['ENODEDOWN', 'ENOACTOR'] as const)(
    'goes on, and the task has failed: %s',
    async (code) => {
      const home = await nodes.start()
      const far = await nodes.start()
      far.expose('relay', await far.spawn(relay, await gone[code](far)))
      const { endpoint } = await far.listen('tcp://127.0.0.1:*')
      const workers = [
        await home.spawn(relay, await gone[code](home)),
        (await home.connect(endpoint)).ref<typeof relay>('/relay'),
      ]
      for (const worker of workers) {
        await using farm = await home.farm([worker])
        const outcomes = await all(farm.outcomes([0, 1, 2, 3, 4], 'square', { retries: 1 }))
        expect(outcomes.map((outcome) => outcome.status === 'done' && outcome.value)).toEqual([
          0,
          false,
          4,
          false,
          16,
        ])
        expect(outcomes[1]).toMatchObject({ error: { code, isFromHandler: true } })
        expect(farm.workers).toBe(1)
      }
    },
  )
})

describe('hire', () => {
  it('makes an actor a worker while the farm is at work', async () => {
    const home = await nodes.start()
    const [first, second] = [await home.spawn(squarer), await home.spawn(squarer)]
    await using farm = await home.farm([first])
    const begun = holdUpOne()
    const results = all(farm.map(numbers, 'square', { ordered: false }))
    await begun
    farm.hire(second)
    expect(farm.workers).toBe(1)
    await second.ask.square(1)
    expect(farm.workers).toBe(2)
    goOn!()
    expect((await results).toSorted((one, other) => one - other)).toEqual(squares)
  })

  it('is refused by a farm that makes its workers itself, and by one that is closed', async () => {
    const home = await nodes.start()
    const worker = await home.spawn(squarer)
    await using own = await home.farm(squarer)
    expect(() => own.hire(worker)).toThrow(expect.objectContaining({ code: 'EINVAL' }))
    const farm = await home.farm([worker])
    await farm.close()
    expect(() => farm.hire(worker)).toThrow(expect.objectContaining({ code: 'ECLOSED' }))
  })
})
