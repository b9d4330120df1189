import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSystem, type ActorSystem } from '@ringpost/actors'
import { account } from '../../dist/actors/nodeActors.js'

let bank: ActorSystem
let endpoint: string

beforeAll(async () => {
  bank = await createSystem({ hosts: 1 })
  const listening = await bank.listen('tcp://127.0.0.1:*', { exports: { account } })
  endpoint = listening.endpoint
})

afterAll(() => bank.close())

describe('an actor whose thread is lost, and that is restarted on another', () => {
  it('stays exposed until it ends', async () => {
    await using office = await createSystem({ hosts: 0 })
    const exposed = await bank.spawn(account, 5)
    bank.expose('moving', exposed)
    // However long it takes until another thread has begun.
    const ref = (await office.connect(endpoint))
      .ref<typeof account>('/moving')
      .with({ timeoutMs: Infinity })
    expect(await ref.ask.amount()).toBe(5)
    const down = ref.down()
    ref.tell.exit()
    expect(await down).toMatchObject({ reason: 'host lost' })
    expect(await ref.ask.amount()).toBe(5)
    await exposed.stop()
    await expect(ref.ask.amount()).rejects.toMatchObject({ code: 'ENOACTOR' })
  })

  it('ends with the node that it was spawned for', async () => {
    const office = await createSystem({ hosts: 0 })
    const node = await office.connect(endpoint)
    const one = await node.spawn<typeof account>('account', 5)
    expect(await one.ask.amount()).toBe(5)
    const down = one.down()
    one.tell.exit()
    expect(await down).toMatchObject({ reason: 'host lost' })
    expect(await one.with({ timeoutMs: Infinity }).ask.amount()).toBe(5)
    const [ward, ...others] = bank.actors.values()
    expect(others).toEqual([])
    await office.close()
    expect(await ward!.down()).toMatchObject({
      reason: expect.stringMatching(/stopped|no such actor/),
    })
    await expect.poll(() => bank.actors.size).toBe(0)
  })
})
