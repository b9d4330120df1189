import type { ActorSystem, Outcome, Run, RunOptions, SystemOptions } from '@ringpost/actors'
import type { Random } from '../support/random.ts'
import type * as chaosActors from './chaosActors.ts'
import type { ChaosItem } from './chaosActors.ts'

const ITEMS = 1000

type Items = Iterable<ChaosItem> | AsyncIterable<ChaosItem>

/** A farm whose workers are killed while it works. */
export interface AttackedFarm {
  outcomes(items: Items, options: RunOptions): Run<Outcome<ChaosItem, number>>
  /** What a task does, by chance. */
  kind(): ChaosItem['kind']
  /** Told after each result: now and then it kills. */
  disturb(): void
}

/** What has come of each item of a run, and what was to come. */
export interface Round {
  readonly came: unknown[]
  readonly expected: unknown[]
}

/** Gives the farm work: each task's result must come, and come once. */
export async function chaosRound(farm: AttackedFarm, random: Random): Promise<Round> {
  const items = Array.from({ length: ITEMS }, (_, n) => ({ n, kind: farm.kind() }))
  const ordered = random.oneIn(2)
  const limit = random.oneIn(2) ? { inFlight: random.between(1, 300) } : {}
  const source = random.oneIn(2) ? items : slowly(items)
  const outcomes: Outcome<ChaosItem, number>[] = []
  for await (const outcome of farm.outcomes(source, { ordered, ...limit })) {
    outcomes.push(outcome)
    farm.disturb()
  }
  const sorted = ordered ? outcomes : outcomes.toSorted((one, other) => one.index - other.index)
  return { came: sorted.map(inShort), expected: items.map(expected) }
}

/** Functions on the hosts of a system, which are killed, and which some of the tasks end. */
export class FarmOnHosts implements AttackedFarm {
  /** How often a host was to be killed. */
  kills = 0
  readonly #system: ActorSystem
  readonly #farm: Awaited<ReturnType<typeof farmOf>>
  readonly #killer: (typeof chaosActors)['killer']
  readonly #random: Random

  private constructor(
    system: ActorSystem,
    farm: Awaited<ReturnType<typeof farmOf>>,
    { killer }: typeof chaosActors,
    random: Random,
  ) {
    this.#system = system
    this.#farm = farm
    this.#killer = killer
    this.#random = random
  }

  /** @param actors where the compiled module `chaosActors` is */
  static async begin(system: ActorSystem, actors: URL, random: Random): Promise<FarmOnHosts> {
    const definitions = (await import(actors.href)) as typeof chaosActors
    return new FarmOnHosts(system, await farmOf(system, actors), definitions, random)
  }

  outcomes(items: Items, options: RunOptions): Run<Outcome<ChaosItem, number>> {
    return this.#farm.outcomes<ChaosItem, number>(items, undefined, { retries: 1, ...options })
  }

  kind(): ChaosItem['kind'] {
    if (this.#random.oneIn(800)) return 'ending'
    if (this.#random.oneIn(50)) return this.#random.pick(['slow', 'waiting', 'flaky', 'failing'])
    return 'quick'
  }

  disturb(): void {
    if (this.#random.oneIn(600)) void this.#kill()
  }

  async end(): Promise<void> {
    await this.#farm.close()
  }

  async #kill(): Promise<void> {
    const { hosts } = this.#system
    if (hosts.length === 0) return
    this.kills++
    try {
      const victim = await this.#system.spawn(this.#killer.with({ host: this.#random.pick(hosts) }))
      victim.tell.kill()
    } catch (error) {
      // The host was gone before it could be killed, or the system closed.
      const { code } = error as { code?: string }
      if (!['EHOSTDOWN', 'ENOHOST', 'ECLOSED'].includes(code ?? '')) throw error
    }
  }
}

/** For a system whose hosts are killed at any moment: they are replaced at once, their actors are not. */
export const attackedSystem: SystemOptions = {
  hosts: 2,
  replacements: { maxRestarts: Infinity, backoff: { firstMs: 1, maxMs: 10 } },
  supervision: { decide: (_error, { during }) => (during === 'host' ? 'stop' : undefined) },
}

const farmOf = (system: ActorSystem, module: URL) =>
  system.farm({ module, export: 'chaotic', workers: 3 })

async function* slowly<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) yield item
}

const inShort = (outcome: Outcome<ChaosItem, number>) =>
  outcome.status === 'done'
    ? [outcome.index, outcome.value]
    : [outcome.index, (outcome.error as Error).message]

const expected = ({ n, kind }: ChaosItem) => [n, kind === 'failing' ? `${n} fails` : n]
