import { loadDefinition } from '../definition/definition.ts'
import { ActorError } from '../errors.ts'
import { REFUSED_REMOTE, WELCOME_REMOTE, type RemoteRefusal } from '../nodes/remoteCaller.ts'
import { addressText, type Address } from './address.ts'
import type { Blueprint } from './cell.ts'
import type { Lost, SpawnOrder } from './families.ts'
import type { Host, Welcome } from './host.ts'
import type { StopOptions } from './life.ts'
import type { Awaited, Move } from './moves.ts'
import type { Places } from './placement.ts'
import { UNHANDLED, type UnhandledNotice } from './unhandled.ts'

type OfActor<T> = Address & T

/** What a host does for the others: about its actors, and about hosts that come and go. */
export function serveDuties(host: Host): void {
  const { life, services, whereabouts } = host
  const { moves } = whereabouts

  services.serve('spawn', (order: SpawnOrder) => spawnFor(host, order))
  services.serve('stop', ({ actor, options }: { actor: Address; options: StopOptions }) =>
    life.stop(actor.slot, actor.generation, options),
  )
  services.serve(
    'halt',
    ({ slot, generation, error, graceMs }: OfActor<{ error: unknown; graceMs: number }>) =>
      life.halt(slot, generation, error, graceMs),
  )
  services.serve('restart', ({ slot, generation, incarnation }: OfActor<{ incarnation: number }>) =>
    life.restart(slot, generation, incarnation),
  )
  services.serve('resume', ({ slot, generation }: Address) => life.resume(slot, generation))
  services.serve('fail', ({ slot, generation, error }: OfActor<{ error: unknown }>) => {
    const cell = life.get(slot, generation)
    if (cell !== undefined) void life.finish(cell, { reason: 'failed', error })
  })
  services.serve('path', (actor: Address) => {
    const cell = host.cellAt(actor)
    if (cell === undefined)
      throw new ActorError('ENOACTOR', `${addressText(actor)}: there is no such actor`)
    return cell.path
  })
  services.serve('lives', (actor: Address) => host.cellAt(actor) !== undefined)

  services.serve('taken', () => undefined)
  services.serve('least', () => host.choosePlace('least'))
  services.serve('actors', (count: number, from) => {
    const seat = host.placement.seatOf(from)
    if (seat !== undefined) seat.actors = count
  })

  services.serve(UNHANDLED, (notice: UnhandledNotice) => host.happenings.unhandled.hear(notice))

  services.serve(REFUSED_REMOTE, (refusal: RemoteRefusal) => host.remote.refuse(refusal))
  services.serve(WELCOME_REMOTE, (url: string) => host.remote.welcome(url))

  services.serve('places', (places: Places) => host.placeAt(places))
  services.serve('welcome', (welcome: Welcome) => host.settleIn(welcome))
  services.serve('lost', (lost: Lost) => host.lose(lost))
  services.serve('awaited', (awaited: Awaited) => moves.expect(awaited))
  services.serve('settled', (lost: number) => moves.settle(lost))
  services.serve('moved', (move: Move) => moves.add(move))
  services.serve('forget', (from: readonly Address[]) => moves.remove(from))
}

async function spawnFor(host: Host, order: SpawnOrder): Promise<Address> {
  const { url, name, args, options, family, childName, id, incarnation, formerly } = order
  const definition = (await loadDefinition(url, name)).with(options)
  const blueprint: Blueprint = { definition, args, family, name: childName, id, formerly }
  return await host.create(blueprint, incarnation)
}
