import { describe, expect, it } from 'vitest'
import type { Awaited, Move } from '../../host/moves.ts'
import { define, lost, settled, startHosts } from '../../testing/hosts.test-support.ts'
import { ManualClock } from '../../testing/manualClock.ts'
import { Registry } from './registry.ts'

/** Three hosts; the second is about to be lost, and its actors begin anew on the third. */
function start() {
  const clock = new ManualClock()
  const hosts = startHosts(3, clock)
  const program = hosts[0]!
  program.placeAt({ places: [1, 2].map((host) => ({ host, seat: host })), isExpecting: false })
  program.serve('moved', (move: Move) => {
    for (const host of hosts) host.whereabouts.moves.add(move)
  })
  program.serve('awaits', ({ addresses }: Awaited, by) => {
    for (const host of hosts) host.whereabouts.moves.expect({ addresses, by })
  })
  const lose = async (): Promise<void> => {
    for (const host of [hosts[0]!, hosts[2]!]) host.lose(lost(1, new Error('lost')))
    await settled()
    for (const host of hosts) host.whereabouts.moves.settle(1)
    // Before a restart.
    clock.advance(20)
    await settled()
  }
  return { program, registry: new Registry(program.registry), lose }
}

const plain = define((ctx) => ({ host: () => ctx.host }))

describe('an actor whose host is lost', () => {
  it('keeps its names if it begins anew on another', async () => {
    const { program, registry, lose } = start()
    const actor = await program.spawn(plain.with({ host: 1 }), [])
    const neighbour = await program.spawn(plain.with({ host: 2 }), [])
    await registry.register('one', actor)
    await registry.join('group', actor)
    await registry.join('group', neighbour)
    const group = registry.watch<{ host(): number }>('group')
    expect((await group.next()).value).toHaveLength(2)
    await lose()
    const members = (await group.next()).value!
    expect(await Promise.all(members.map((member) => member.ask.host()))).toEqual([2, 2])
    const found = await registry.find<{ host(): number }>('one')
    expect(found!.equals(members[0] as never)).toBe(true)
    await group.return()
    // They are its own, as they were.
    await found!.caller.stop(found!.address, {})
    expect(await registry.list('one')).toEqual([])
    expect(await registry.list('group')).toHaveLength(1)
  })

  it('may name itself each time that it begins', async () => {
    const { program, registry, lose } = start()
    const selfish = define(async (ctx) => {
      await ctx.registry.register('me', ctx.self)
      await ctx.registry.join('us', ctx.self)
      return { host: () => ctx.host }
    })
    await program.spawn(selfish.with({ host: 1 }), [])
    await lose()
    const found = await registry.find<{ host(): number }>('me')
    expect(await found!.ask.host()).toBe(2)
    expect(await registry.list('us')).toHaveLength(1)
  })

  it('loses its names if it does not', async () => {
    const { program, registry, lose } = start()
    program.families.guardian.policy = {
      ...program.families.guardian.policy,
      decide: () => 'stop',
    }
    const actor = await program.spawn(plain.with({ host: 1 }), [])
    await registry.register('one', actor)
    await lose()
    expect(await registry.find('one')).toBeUndefined()
  })
})
