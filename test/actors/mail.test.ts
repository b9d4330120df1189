import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActorSystem } from '@ringpost/actors'
import { counter, flooder, holder, neighbour } from '../dist/actors/mailActors.js'
import { createSystem } from './system.ts'

let system: ActorSystem

beforeAll(async () => {
  system = await createSystem({ hosts: 2 })
})

afterAll(async () => {
  await system.close()
})

describe('a full mailbox', () => {
  it('holds up none of the other actors of its host, from the same sender', async () => {
    const [host] = system.hosts
    const full = await system.spawn(holder.with({ host: host!, mailbox: 8 }))
    const other = await system.spawn(neighbour.with({ host: host! }))
    full.tell.hold()
    while (full.tell.note(0)) await other.ask.note(0)
    const patient = full.with({ timeoutMs: Infinity })
    const waiting = Array.from({ length: 1000 }, (_, n) => patient.send.note(n))
    const before = await other.ask.handled()
    for (let n = 0; n < 5000; n++) await other.send.note(n)
    expect(await other.ask.handled()).toBe(before + 5000)
    await other.ask.letGo()
    await Promise.all(waiting)
    expect(await full.ask.note(1)).toBe(1)
  })

  it('takes from many senders on several hosts what it can, and all in the end', async () => {
    const target = await system.spawn(neighbour.with({ host: 'here', mailbox: 16 }))
    const senders = await Promise.all(Array.from({ length: 8 }, () => system.spawn(flooder)))
    await Promise.all(
      senders.map((sender) => sender.with({ timeoutMs: Infinity }).ask.flood(target, 500)),
    )
    expect(await target.ask.handled()).toBe(4000)
  })
})

describe('a stream between threads', () => {
  it('brings each item once, in order', async () => {
    const ref = await system.spawn(counter)
    let expected = 0
    for await (const item of ref.stream.numbers(20_000)) expect(item).toBe(expected++)
    expect(expected).toBe(20_000)
  })

  it('stops where its reader breaks off', async () => {
    const ref = await system.spawn(counter)
    for await (const item of ref.stream.numbers(1_000_000)) if (item === 10) break
    while ((await ref.ask.ended()) === 0);
    expect(await ref.ask.yielded()).toBeLessThanOrEqual(11 + 64)
  })

  it('is ahead of its reader by no more than its window of bytes', async () => {
    const ref = await system.spawn(counter)
    const stream = ref.stream.blocks(64 * 1024)
    for (let n = 0; n < 100; n++) expect((await stream.next()).value).toHaveLength(64 * 1024)
    expect(await ref.ask.yielded()).toBeLessThanOrEqual(100 + 5)
    await stream.return()
  })
})
