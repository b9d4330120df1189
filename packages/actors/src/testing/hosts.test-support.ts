import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setImmediate } from 'node:timers/promises'
import { context } from '@ringpost/core'
import { onTestFinished } from 'vitest'
import { defineActor, type ActorDefinition } from '../definition/definition.ts'
import type { DefinitionOptions } from '../definition/spawnOptions.ts'
import type { Factory } from '../definition/types.ts'
import { Board } from '../host/board.ts'
import { systemClock, type Clock } from '../host/clock.ts'
import type { DeadLetter } from '../host/events.ts'
import type { Lost } from '../host/families.ts'
import { Host } from '../host/host.ts'
import { threadPlatform } from '../host/platform.ts'
import { ActorRef } from '../host/ref.ts'

let systems = 0
let definitions = 0

/** Hosts in this thread, joined by the same sockets as those of other threads. */
export function openHosts(
  count: number,
  clock: Clock = systemClock,
): { hosts: Host[]; close: () => void } {
  const system = `test-${++systems}`
  const board = Board.of(count)
  const hosts = Array.from(
    { length: count },
    (_, number) => new Host(number, threadPlatform(system, number, context, clock), board, number),
  )
  // What a system serves, of which these hosts are the threads.
  for (const name of ['awaits', 'forget', 'moved', 'terminate'])
    hosts[0]!.serve(name, () => undefined)
  for (const host of hosts) host.open()
  const close = (): void => {
    for (const host of hosts) host.close()
  }
  return { hosts, close }
}

/** The same, until the test ends. */
export function startHosts(count: number, clock?: Clock): Host[] {
  const { hosts, close } = openHosts(count, clock)
  onTestFinished(close)
  return hosts
}

/** A definition of this test's own. */
export function define<Args extends unknown[], H extends object>(
  factory: Factory<Args, H>,
  options: DefinitionOptions = {},
): ActorDefinition<Args, H> {
  return defineActor(import.meta.url, `actor ${++definitions}`, factory, options)
}

/** The same actor, as that host reaches it. */
export const refFrom = <H>(host: Host, ref: ActorRef<H>): ActorRef<H> =>
  new ActorRef(ref.address, host.calls)

/** The dead letters of this thread until the test ends. */
export function collectDeadLetters(): DeadLetter[] {
  const letters: DeadLetter[] = []
  const keep = (letter: unknown): unknown => letters.push(letter as DeadLetter)
  subscribe('ringpost.actors.deadLetter', keep)
  onTestFinished(() => {
    unsubscribe('ringpost.actors.deadLetter', keep)
  })
  return letters
}

/** A promise, and what settles it. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
}

export function deferred<T = void>(): Deferred<T> {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((settle) => (resolve = settle))
  return { promise, resolve }
}

/** Lets all that is under way between the hosts of this thread arrive. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await setImmediate()
}

/** What a host is told when another has ended. */
export const lost = (host: number, error: unknown): Lost => ({
  host,
  loss: { why: 'uncaught', error },
  stopped: [],
})
