import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActorHandle, ActorSystem, RemoteNode } from '@ringpost/actors'
import { account, clerk } from '../dist/actors/nodeActors.js'
import { createSystem } from './system.ts'

// Two nodes, each with threads of its own: the actors of one call those of the other.

let bank: ActorSystem
let office: ActorSystem
let node: RemoteNode
let clerks: ActorHandle<typeof clerk>[]

beforeAll(async () => {
  bank = await createSystem({ hosts: 1 })
  office = await createSystem({ hosts: 2 })
  const { endpoint } = await bank.listen('tcp://127.0.0.1:*', {
    exports: { account: account.with({ host: bank.hosts[0]! }) },
  })
  node = await office.connect(endpoint)
  clerks = await Promise.all(office.hosts.map((host) => office.spawn(clerk.with({ host }))))
})

afterAll(async () => {
  await office.close()
  await bank.close()
})

const open = (amount: number) => node.spawn<typeof account>('account', amount)

describe('an actor of another node, called by actors of this one', () => {
  it('runs on a thread of the other node', async () => {
    await using one = await open(1)
    expect(await one.ask.place()).toBe(bank.hosts[0])
  })

  it('is told, sent to, asked and read', async () => {
    await using one = await open(100)
    await using other = await open(0)
    for (const worker of clerks) expect(await worker.ask.move(30, one, other)).toBe(100)
    expect(await one.ask.amount()).toBe(40)
    expect(await clerks[0]!.ask.sum(other, 1000)).toBe((60 + 1059) * 500)
  })

  it('is the same actor in every thread', async () => {
    await using one = await open(7)
    const passed = await clerks[1]!.ask.pass(one)
    expect(passed.equals(one)).toBe(true)
    expect(await passed.ask.amount()).toBe(7)
    expect(await clerks[0]!.ask.name(passed)).toBe(String(one))
    expect(await office.ref<typeof account>(String(one)).ask.amount()).toBe(7)
  })

  it('may be one that is at home where it is called from', async () => {
    await using here = await office.spawn(account.with({ host: office.hosts[1]! }), 5)
    await using worker = await bank.spawn(clerk)
    bank.expose('worker', worker)
    const remote = node.ref<typeof clerk>('/worker')
    await using one = await open(10)
    expect(await remote.ask.move(3, one, here)).toBe(15)
    expect(await here.ask.amount()).toBe(8)
    expect((await remote.ask.pass(here)).equals(here)).toBe(true)
  })

  it('is given up in time', async () => {
    const one = await open(1)
    expect(await clerks[0]!.ask.failure(one, 30)).toBe('ETIMEDOUT')
    // It still does what nobody waits for.
    await one.stop({ drain: false })
    expect(await one.down()).toEqual({ reason: 'no such actor' })
  })

  it('is watched', async () => {
    await using one = await open(1)
    for (const each of clerks) expect(await each.ask.watch(one)).toBe(bank.hosts[0])
    const down = one.down()
    // What was said before has been heard before it ends.
    await Promise.all(clerks.map((each) => each.ask.move(0, one, one)))
    one.tell.close()
    expect(await down).toEqual({ reason: 'stopped' })
    for (const each of clerks) await expect.poll(() => each.ask.ends()).toEqual(['stopped'])
  })

  it('is lost with its thread, and its node tells so', async () => {
    const one = await open(1)
    const down = one.down()
    await one.ask.amount()
    one.tell.exit()
    expect(await down).toMatchObject({
      reason: 'host lost',
      loss: { why: 'exited', exitCode: 3 },
      error: { code: 'EHOSTDOWN' },
    })
  })
})
