import type {
  ActorRef,
  ActorSystem,
  Farm,
  Outcome,
  RemoteNode,
  Run,
  RunOptions,
} from '@ringpost/actors'
import type { AttackedFarm } from '../actors/farmChaos.ts'
import { chaosWorker, type ChaosItem } from '../actors/chaosActors.ts'
import type { Random } from '../support/random.ts'

type Items = Iterable<ChaosItem> | AsyncIterable<ChaosItem>
/** Of `chaosWorker`. */
interface Worker {
  chaotic(item: ChaosItem): Promise<number>
}

/** One task in four of those that are flaky fails. */
const RETRIES = 30

/** A farm whose workers are actors of nodes that come and go, and one of this thread, that stays. */
export class FarmOnNodes implements AttackedFarm {
  readonly #farm: Farm<Worker>
  readonly #random: Random
  readonly #disturb: () => void

  private constructor(farm: Farm<Worker>, random: Random, disturb: () => void) {
    this.#farm = farm
    this.#random = random
    this.#disturb = disturb
  }

  /** @param disturb does something to a node */
  static async begin(
    system: ActorSystem,
    random: Random,
    disturb: () => void,
  ): Promise<FarmOnNodes> {
    const own: ActorRef<Worker> = await system.spawn(chaosWorker.with({ host: 'here' }))
    return new FarmOnNodes(await system.farm([own]), random, disturb)
  }

  /** The node's worker works for the farm, and again when its host was lost. */
  async employ(node: RemoteNode): Promise<void> {
    const worker = node.ref<Worker>('/worker')
    for (;;) {
      this.#farm.hire(worker)
      const { reason } = await worker.down()
      if (reason !== 'host lost') return
    }
  }

  outcomes(items: Items, options: RunOptions): Run<Outcome<ChaosItem, number>> {
    return this.#farm.outcomes(items, 'chaotic', { retries: RETRIES, ...options })
  }

  kind(): ChaosItem['kind'] {
    if (this.#random.oneIn(300)) return 'failing'
    if (this.#random.oneIn(50)) return this.#random.pick(['slow', 'waiting', 'flaky'])
    return 'quick'
  }

  disturb(): void {
    if (this.#random.oneIn(250)) this.#disturb()
  }

  end(): Promise<void> {
    return this.#farm.close()
  }
}
