import { describe, expect, it } from 'vitest'
import { defineActor } from '../definition/definition.ts'
import type { SupervisionOptions } from '../supervision/options.ts'
import { createTestSystem } from '../testing/testSystem.ts'
import type { ActorContext } from './actorContext.ts'
import type { ActorRef } from './ref.ts'

const plain = defineActor(import.meta.url, 'plain', (ctx: ActorContext) => ({
  host: () => ctx.host,
  begun: () => ctx.incarnation,
  fall() {
    throw new Error('fallen')
  },
}))

const watcher = defineActor(import.meta.url, 'watcher', (ctx: ActorContext) => {
  const heard: string[] = []
  let unlink = (): void => undefined
  return {
    watch(ref: ActorRef) {
      ctx.watch(ref, ({ reason }) => heard.push(reason))
    },
    link(ref: ActorRef) {
      unlink = ctx.link(ref)
    },
    unlink: () => unlink(),
    heard: () => heard,
    fall() {
      throw new Error('fallen')
    },
  }
})

/** How long it takes until an actor is restarted elsewhere, in milliseconds. */
const BACKOFF_MS = 10

/** Three hosts, the first of which has an actor. */
async function start(supervision: SupervisionOptions = {}) {
  const system = await createTestSystem({
    hosts: 3,
    supervision: { backoff: { jitter: 0, firstMs: BACKOFF_MS }, ...supervision },
  })
  const actor = await system.spawn(plain.with({ host: 1 }))
  return { system, actor }
}

/** What it has come to, if it has. */
function outcomeOf<T>(promise: Promise<T>): { value?: T } {
  const outcome: { value?: T } = {}
  void promise.then((value) => (outcome.value = value))
  return outcome
}

describe('a watch that begins while the actor is between two hosts', () => {
  it('is about the actor where it is restarted', async () => {
    const { system, actor } = await start()
    await using _ = system
    system.kill(1)
    await system.settle()
    const down = outcomeOf(actor.down())
    await system.settle()
    await system.advance(BACKOFF_MS)
    expect(await actor.ask.begun()).toBe(2)
    expect(down).toEqual({})
    await actor.stop()
    await system.settle()
    expect(down).toEqual({ value: { reason: 'stopped' } })
  })

  it('hears of each loss once', async () => {
    const { system, actor } = await start()
    await using _ = system
    const lost: number[] = []
    const watching = (async () => {
      for (;;) {
        const down = await actor.down()
        if (down.reason !== 'host lost') return down.reason
        lost.push(down.host)
      }
    })()
    const killed: number[] = []
    for (let n = 0; n < 3; n++) {
      const host = await actor.ask.host()
      killed.push(host)
      system.kill(host)
      await system.settle()
      await system.advance(1000)
    }
    await actor.stop()
    expect(await watching).toBe('stopped')
    expect(lost).toEqual(killed)
  })

  it('tells of the loss if the actor is not restarted', async () => {
    const { system, actor } = await start({ maxRestarts: 0, exceeded: 'stop' })
    await using _ = system
    system.kill(1)
    // It is not known yet that the actor does not come back, or it is: both have the same end.
    const downs = [actor.down()]
    await system.settle()
    downs.push(actor.down())
    await system.advance(1000)
    for (const down of await Promise.all(downs))
      expect(down).toMatchObject({ reason: 'host lost', host: 1 })
  })

  it('is taken back with its signal, and by the end of the system', async () => {
    const { system, actor } = await start()
    system.kill(1)
    await system.settle()
    const controller = new AbortController()
    const given = actor.down({ signal: controller.signal }).catch((reason: unknown) => reason)
    const kept = actor.down()
    controller.abort('no more')
    expect(await given).toBe('no more')
    await system.close()
    expect((await kept).reason).toMatch(/stopped|host lost/)
  })

  it('is an actor’s as well, on any host', async () => {
    const { system, actor } = await start()
    await using _ = system
    const other = await system.spawn(watcher.with({ host: 2 }))
    system.kill(1)
    await system.settle()
    await other.ask.watch(actor)
    await system.advance(BACKOFF_MS)
    expect(await actor.ask.begun()).toBe(2)
    expect(await other.ask.heard()).toEqual([])
    await actor.stop()
    await system.settle()
    expect(await other.ask.heard()).toEqual(['stopped'])
  })
})

describe('a link that is made while the other actor is between two hosts', () => {
  it.each(['actor', 'other'] as const)(
    'ties the actor where it is restarted: %s falls',
    async (falls) => {
      const { system, actor } = await start({
        decide: (error) =>
          (error as { code?: unknown }).code === 'EHOSTDOWN' ? 'restart' : 'stop',
      })
      await using _ = system
      const other = await system.spawn(watcher.with({ host: 2 }))
      system.kill(1)
      await system.settle()
      await other.ask.link(actor)
      await system.advance(BACKOFF_MS)
      expect(await actor.ask.begun()).toBe(2)
      const downs = [actor.down(), other.down()]
      const fallen = { actor, other }[falls]
      fallen.tell.fall()
      for (const down of await Promise.all(downs)) expect(down).toMatchObject({ reason: 'failed' })
    },
  )

  it('ends with the life in which it was made, and is taken back', async () => {
    const { system, actor } = await start()
    await using _ = system
    const first = await system.spawn(watcher.with({ host: 2 }))
    const second = await system.spawn(watcher.with({ host: 2 }))
    system.kill(1)
    await system.settle()
    await first.ask.link(actor)
    await second.ask.link(actor)
    await second.ask.unlink()
    await first.stop()
    await system.advance(BACKOFF_MS)
    expect(await actor.ask.begun()).toBe(2)
    await second.stop()
    expect(await actor.ask.begun()).toBe(2)
  })
})
