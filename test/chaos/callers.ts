import { setImmediate as turn } from 'node:timers/promises'
import type {
  ActorDefinition,
  ActorHandle,
  ActorRef,
  ActorSystem,
  HandlersOf,
} from '@ringpost/actors'
import { account, clerk } from '../actors/nodeActors.ts'
import type { Random } from '../support/random.ts'
import type { NodeCrew } from './nodeCrew.ts'

type Account = HandlersOf<typeof account>
type Clerk = HandlersOf<typeof clerk>

/** Far longer than anything takes: an answer that has not come by then never will. */
const LOST_MS = 40_000
const ITEMS = 200

/** What may become of a call while actors, hosts and nodes end. */
const foreseen = new Set<unknown>(['EHOSTDOWN', 'ENODEDOWN', 'ENOACTOR', 'ESTOPPED', 'ENOHOST'])

/** Calls actors of this node and of others in all ways: each call settles, whatever ends meanwhile. */
export class Callers {
  /** How many calls have come to what: `done`, or the code of an error. */
  readonly counts: Record<string, number> = { done: 0 }
  readonly #system: ActorSystem
  readonly #nodes: NodeCrew
  readonly #random: Random
  readonly #blunder: (what: string) => void
  /** Actors of this system's hosts, which end with them. */
  #account: ActorHandle<Account> | undefined
  #clerk: ActorHandle<Clerk> | undefined

  /** @param blunder told of what should not have happened */
  constructor(
    system: ActorSystem,
    nodes: NodeCrew,
    random: Random,
    blunder: (what: string) => void,
  ) {
    this.#system = system
    this.#nodes = nodes
    this.#random = random
    this.#blunder = blunder
  }

  /** Calls one after the other. */
  async run(isOver: () => boolean, sign: () => void): Promise<void> {
    while (!isOver()) {
      await this.#callOnce()
      sign()
      await turn()
    }
  }

  async #callOnce(): Promise<void> {
    let outcome = 'done'
    try {
      await this.#callAny()
    } catch (error) {
      outcome = String((error as { code?: unknown }).code)
      if (!foreseen.has(outcome)) this.#blunder(`a call came to ${String(error)} (${outcome})`)
    }
    this.counts[outcome] = (this.counts[outcome] ?? 0) + 1
  }

  async #callAny(): Promise<void> {
    const one = this.#random.oneIn(3) ? await this.#ownAccount() : this.#farAccount()
    if (one === undefined) return
    switch (this.#random.below(7)) {
      case 0:
        await one.ask.amount()
        break
      case 1:
        one.tell.add(1)
        break
      case 2:
        await one.send.add(1)
        break
      case 3: {
        let items = 0
        for await (const _ of one.stream.amounts(ITEMS)) items++
        if (items !== ITEMS) this.#blunder(`a stream had ${items} items of ${ITEMS}`)
        break
      }
      case 4:
        await (await this.#ownClerk()).ask.move(1, one, one)
        break
      case 5:
        await (await this.#ownClerk()).ask.sum(one, ITEMS)
        break
      case 6:
        await this.#useAnActorOfItsOwn()
    }
  }

  /** Spawned on a node, asked in vain, and stopped. */
  async #useAnActorOfItsOwn(): Promise<void> {
    const own = await this.#nodes.any()?.spawn<typeof account>('account', 1)
    if (own === undefined) return
    const { code } = await own
      .with({ timeoutMs: 20 })
      .ask.never()
      .then(
        () => ({ code: 'nothing' }),
        (error: { code: unknown }) => error,
      )
    if (code !== 'ETIMEDOUT' && !foreseen.has(code))
      this.#blunder(`what never ends came to ${String(code)}`)
    await own.stop({ drain: false })
  }

  #farAccount(): ActorRef<Account> | undefined {
    return this.#nodes.any()?.ref<Account>('/account').with({ timeoutMs: LOST_MS })
  }

  async #ownAccount(): Promise<ActorRef<Account>> {
    this.#account = await this.#alive(this.#account, account, 0)
    return this.#account.with({ timeoutMs: LOST_MS })
  }

  async #ownClerk(): Promise<ActorRef<Clerk>> {
    this.#clerk = await this.#alive(this.#clerk, clerk)
    return this.#clerk.with({ timeoutMs: LOST_MS })
  }

  /** The actor, or another one if it has ended with its host. */
  async #alive<Args extends unknown[], H>(
    actor: ActorHandle<H> | undefined,
    definition: ActorDefinition<Args, H>,
    ...args: Args
  ): Promise<ActorHandle<H>> {
    const lives = [...this.#system.actors.values()].some((one) => actor?.equals(one as never))
    return lives ? actor! : this.#system.spawn(definition, ...args)
  }
}
