import { describe, expect, it } from 'vitest'
import type { ActorRef } from '../host/ref.ts'
import { explore } from '../testing/explore.ts'
import { define } from '../testing/hosts.test-support.ts'
import type { TestSystem } from '../testing/testSystem.ts'

// What a node says to an actor of another keeps its order, whatever becomes of the connections between them.

const RUNS = Number(process.env['RINGPOST_RUNS'] ?? 6)
const ENDPOINT = 'tcp://127.0.0.1:9000'
const SAID = 40

const verbs = ['tell', 'send', 'ask', 'ask again'] as const
type Verb = (typeof verbs)[number]

/** What the actor of the run has taken, in its order, and what has become of what was asked and sent. */
let taken: number[]
let again: Set<number>
let outcomes: Promise<unknown>[]
let pause: (ms: number) => Promise<void>

const taker = define(
  () => ({
    async take(n: number) {
      taken.push(n)
      // Sometimes it is slow, so that others wait for room.
      if (n % 3 === 0) await pause(5)
      return n
    },
  }),
  { mailbox: 2 },
)

type Taker = ActorRef<typeof taker>

function say(to: Taker, verb: Verb, n: number): void {
  if (verb === 'tell') to.tell.take(n)
  else if (verb === 'send') outcomes.push(settled(to.send.take(n)))
  else if (verb === 'ask') outcomes.push(settled(to.ask.take(n)))
  else {
    // It may come late, and twice.
    again.add(n)
    outcomes.push(settled(to.with({ idempotent: true }).ask.take(n)))
  }
}

const speaker = define(() => ({ say }))

const settled = (promise: Promise<unknown>): Promise<unknown> =>
  promise.catch((error: unknown) => error)

interface Place {
  /** Who speaks: the program, or an actor of another host. */
  readonly isRelayed: boolean
  /** Hosts of the other node; 0: the actor is in its program's thread. */
  readonly hosts: number
}

const pick = <T>(system: TestSystem, from: readonly T[]): T => from[system.draw(from.length)]!

/** @param disturb does something to the network */
const scenario =
  ({ isRelayed, hosts }: Place, disturb: (client: TestSystem) => Promise<void>) =>
  async (client: TestSystem): Promise<void> => {
    taken = []
    again = new Set()
    outcomes = []
    pause = (ms) =>
      new Promise((resolve) => {
        client.clock.after(ms, resolve)
      })
    const server = await client.addNode({ hosts })
    server.expose('taker', await server.spawn(taker))
    await server.listen(ENDPOINT)
    const node = await client.connect(ENDPOINT)
    const ref = node.ref('/taker').with({ timeoutMs: Infinity }) as unknown as Taker
    const other = isRelayed ? await client.spawn(speaker.with({ host: 1 })) : undefined
    for (let n = 1; n <= SAID; n++) {
      const verb = pick(client, verbs)
      if (other === undefined) say(ref, verb, n)
      else other.tell.say(ref, verb, n)
      await client.steps(client.draw(8))
      if (client.draw(8) === 0) await disturb(client)
    }
    client.network.mend(ENDPOINT)
    await client.advance(10_000)
    await Promise.all(outcomes)
    const inOrder = taken.filter((n) => !again.has(n))
    expect(inOrder).toEqual(inOrder.toSorted((one, next) => one - next))
    expect(new Set(inOrder).size).toBe(inOrder.length)
    expect(await settled(ref.ask.take(SAID + 1))).toBe(SAID + 1)
  }

const expectOrder = (place: Place, disturb: (client: TestSystem) => Promise<void>) =>
  explore(scenario(place, disturb), { runs: RUNS, hosts: 1 })

const places = [
  ['the program to an actor of its thread', { isRelayed: false, hosts: 0 }],
  ['the program to an actor of another host', { isRelayed: false, hosts: 1 }],
  ['an actor of another host', { isRelayed: true, hosts: 0 }],
] as const

describe.each(places)('what is said from one node to another, by %s', (_, place) => {
  it('is taken in its order, and settles, however often the connection is cut', async () => {
    const cut = async (client: TestSystem): Promise<void> => {
      client.network.cut(ENDPOINT)
      await client.steps(client.draw(10))
      if (client.draw(3) > 0) client.network.mend(ENDPOINT)
      await client.advance(pick(client, [0, 60, 500]))
    }
    await expectOrder(place, cut)
  })

  it('is so although a node is counted as gone meanwhile', async () => {
    const silence = async (client: TestSystem): Promise<void> => {
      const release = client.network.hold(ENDPOINT)
      await client.advance(pick(client, [500, 3000, 6000, 9000]))
      release()
      await client.advance(pick(client, [0, 100, 3000]))
    }
    await expectOrder(place, silence)
  })
})
