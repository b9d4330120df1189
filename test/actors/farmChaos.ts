import { createSystem, type ActorSystem, type Outcome } from '@ringpost/actors'
import type * as chaosActors from './chaosActors.ts'
import type { ChaosItem } from './chaosActors.ts'
import type { Random } from '../support/random.ts'

const module = new URL('../dist/actors/chaosActors.js', import.meta.url)
type Actors = typeof chaosActors

const ITEMS = 1000

/** Hosts that end at any moment are replaced at once. */
const replacements = { maxRestarts: Infinity, backoff: { firstMs: 1, maxMs: 10 } }

type Farm = Awaited<ReturnType<typeof makeFarm>>

const makeFarm = (system: ActorSystem) => system.farm({ module, export: 'chaotic', workers: 3 })

/** Farms that work while their hosts are killed: each task's result must come, and come once. */
export class FarmChaos {
  readonly #system: ActorSystem
  readonly #farm: Farm
  readonly #killer: Actors['killer']
  readonly #random: Random

  private constructor(system: ActorSystem, farm: Farm, { killer }: Actors, random: Random) {
    this.#system = system
    this.#killer = killer
    this.#farm = farm
    this.#random = random
  }

  static async begin(random: Random): Promise<FarmChaos> {
    const supervision = { decide: () => 'stop' as const }
    const system = await createSystem({ hosts: 2, replacements, supervision })
    const actors = (await import(module.href)) as Actors
    return new FarmChaos(system, await makeFarm(system), actors, random)
  }

  /** A run: what has come of each item, and what was to come. */
  async round(): Promise<{ came: unknown[]; expected: unknown[] }> {
    const random = this.#random
    const items = Array.from({ length: ITEMS }, (_, n) => ({ n, kind: this.#kind() }))
    const ordered = random.oneIn(2)
    const limit = random.oneIn(2) ? { inFlight: random.between(1, 300) } : {}
    const source = random.oneIn(2) ? items : slowly(items)
    const outcomes: Outcome<ChaosItem, number>[] = []
    const run = this.#farm.outcomes<ChaosItem, number>(source, undefined, {
      ordered,
      retries: 1,
      ...limit,
    })
    for await (const outcome of run) {
      outcomes.push(outcome)
      if (random.oneIn(600)) void this.#kill()
    }
    const sorted = ordered ? outcomes : outcomes.toSorted((one, other) => one.index - other.index)
    return { came: sorted.map(inShort), expected: items.map(expected) }
  }

  async end(): Promise<void> {
    await this.#farm.close()
    await this.#system.close()
  }

  #kind(): ChaosItem['kind'] {
    const random = this.#random
    if (random.oneIn(800)) return 'ending'
    if (random.oneIn(50)) return random.pick(['slow', 'waiting', 'flaky', 'failing'])
    return 'quick'
  }

  async #kill(): Promise<void> {
    const { hosts } = this.#system
    if (hosts.length === 0) return
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

async function* slowly<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) yield item
}

const inShort = (outcome: Outcome<ChaosItem, number>) =>
  outcome.status === 'done'
    ? [outcome.index, outcome.value]
    : [outcome.index, (outcome.error as Error).message]

const expected = ({ n, kind }: ChaosItem) => [n, kind === 'failing' ? `${n} fails` : n]
