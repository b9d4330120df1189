import { channel } from 'node:diagnostics_channel'
import { fileURLToPath } from 'node:url'
import { ActorError } from '../errors.ts'
import { PROGRAM, type Address } from '../host/address.ts'
import type { HostLoss } from '../host/down.ts'
import type { Lost } from '../host/families.ts'
import type { Host, Welcome } from '../host/host.ts'
import { hostDown } from '../host/hostLoss.ts'
import type { Awaited } from '../host/moves.ts'
import type { Place, Places } from '../host/placement.ts'
import { complete } from '../options/checkOptions.ts'
import type { Backoff } from '../supervision/options.ts'
import { Restarts, type RestartLimits } from '../supervision/restarts.ts'
import type { HostRunner } from './hostRunner.ts'
import { ABORT, type AbortOrder, type Isolation } from './isolation.ts'
import { Watchdog } from './watchdog.ts'

/** How long a host may take to begin, in milliseconds. */
const BOOT_MS = 30_000

/** How hosts that end are replaced: what is given up when they end too often. */
export interface ReplacementOptions {
  /** Replacements of one host within `withinMs`; then it is given up. Default 10. */
  maxRestarts?: number
  /** In milliseconds. Default 60,000. */
  withinMs?: number
  /** How long to wait before each. */
  backoff?: Backoff
}

const REPLACEMENTS: RestartLimits = {
  maxRestarts: 10,
  withinMs: 60_000,
  backoff: { firstMs: 10, maxMs: 10_000, factor: 2, jitter: 0.2, quietMs: 30_000 },
}

/** What the hosts of a system have in common. */
export interface HostsOptions {
  /** No progress for so long ends a host, in milliseconds; `Infinity`: never. */
  readonly stuckMs: number
  readonly replacements?: ReplacementOptions | undefined
}

/** What becomes of hosts is published here. */
const hostEvents = channel('ringpost.actors.host')

/** A host has begun, was lost, or will not be replaced. */
export interface HostEvent {
  readonly event: 'begun' | 'lost' | 'given up'
  readonly host: number
  readonly loss?: HostLoss
}

function publish(event: HostEvent): void {
  if (hostEvents.hasSubscribers) hostEvents.publish(event)
}

/** The hosts of a system: threads, or processes. One that ends is replaced, unless that happens too often. */
export class Hosts {
  readonly #isolation: Isolation
  readonly #host: Host
  readonly #stuckMs: number
  readonly #limits: RestartLimits
  /** All that run, by the number of their host. */
  readonly #runners = new Map<number, HostRunner>()
  /** Those that take actors. */
  readonly #places = new Map<number, Place>()
  readonly #hellos = new Map<number, () => void>()
  /** Those that have begun, and know what the others do. */
  readonly #greeted = new Set<number>()
  readonly #lost: Lost[] = []
  /** Actors that did not stop, on hosts that are being ended for it. */
  readonly #stopped = new Map<number, Address[]>()
  /** Of each host that is gone, those that have not said yet which of its actors they restart. */
  readonly #unheard = new Map<number, Set<number>>()
  readonly #delays = new Set<() => void>()
  readonly #onChange = new Set<() => void>()
  readonly #watchdog = new Watchdog<HostRunner>()
  #looks: NodeJS.Timeout | undefined
  #numbers = 0
  /** Hosts that are to take actors, and do not yet. */
  #expected = 0
  #isClosing = false

  constructor(isolation: Isolation, host: Host, options: HostsOptions) {
    const { stuckMs, replacements } = options
    this.#isolation = isolation
    this.#host = host
    this.#stuckMs = stuckMs
    const { backoff, ...limits } = replacements ?? {}
    this.#limits = {
      ...complete<Omit<RestartLimits, 'backoff'>>(REPLACEMENTS, limits),
      backoff: complete(REPLACEMENTS.backoff, backoff),
    }
    host.serve('hello', (_: undefined, from: number) => this.#hellos.get(from)?.())
    host.serve('awaits', (awaits: { host: number; addresses: Address[] }, from: number) => {
      const awaited: Awaited = { addresses: awaits.addresses, by: from }
      host.whereabouts.moves.expect(awaited)
      this.announce('awaited', awaited)
      this.#heard(awaits.host, from)
    })
    host.serve(ABORT, ({ seat, mark }: AbortOrder) => this.#abort(seat, mark))
    host.serve('endHost', (place: number) => this.terminate(place))
    host.serve('terminate', (actor: Address) => this.#terminateFor(actor))
  }

  /** Hosts that take actors, by number. */
  get numbers(): readonly number[] {
    return [...this.#places.keys()]
  }

  /** Whether there are to be more of them. */
  get isExpecting(): boolean {
    return this.#expected > 0 && !this.#isClosing
  }

  /** Calls back whenever hosts have come or gone. @returns what ends that */
  onChange(changed: () => void): () => void {
    this.#onChange.add(changed)
    return () => this.#onChange.delete(changed)
  }

  /** Ends a host, whatever it is. */
  terminate(host: number): void {
    this.#runners.get(host)?.terminate({ why: 'terminated' })
  }

  /** @throws {ActorError} `EBOOT` */
  async start(count: number): Promise<void> {
    const seats = Array.from({ length: count }, (_, index) => index + 1)
    this.#expected = count
    const runners = await Promise.all(seats.map((seat) => this.#boot(seat)))
    for (const runner of runners) void this.#keep(runner)
    if (this.#stuckMs === Infinity || count === 0) return
    this.#looks = setInterval(() => this.#look(), Watchdog.periodMs(this.#stuckMs)).unref()
  }

  /** Tells all other hosts. Those that have not begun are told all of it when they have. */
  announce(name: string, body: unknown): void {
    for (const host of this.#greeted) this.#host.notify(host, name, body)
  }

  /**
   * Ends all of them: each when its actors have stopped, or it has begun, or after twice `graceMs`.
   */
  async close(graceMs: number): Promise<void> {
    this.#isClosing = true
    clearInterval(this.#looks)
    for (const end of this.#delays) end()
    const all = [...this.#runners.values()]
    const asked = [...this.#greeted].map((host) => this.#host.request(host, 'close', { graceMs }))
    const { clock } = this.#isolation.program
    const late = clock.after(2 * graceMs, () => {
      for (const runner of all) runner.terminate({ why: 'terminated' })
    })
    // One that ends before it has answered is no less closed.
    await Promise.allSettled(asked)
    await Promise.all(all.map((runner) => runner.ended))
    clock.cancel(late)
  }

  /** As long as there is a host for the seat. */
  async #keep(first: HostRunner): Promise<void> {
    const { seat } = first
    const { clock, random } = this.#isolation.program
    const restarts = new Restarts(this.#limits, random)
    let runner: HostRunner | undefined = first
    while (true) {
      await runner?.ended
      if (this.#isClosing) return
      const delayMs = restarts.next(clock.now())
      if (delayMs === undefined) break
      await this.#delay(delayMs)
      if (this.#isClosing) return
      try {
        runner = await this.#boot(seat)
      } catch {
        // It has been published as lost, and counts as one that has ended.
        runner = undefined
      }
    }
    this.#expected--
    publish({ event: 'given up', host: this.#numbers })
    this.#announcePlaces()
  }

  async #boot(seat: number): Promise<HostRunner> {
    const number = ++this.#numbers
    this.#isolation.board.clear(seat)
    const beatMs = this.#stuckMs === Infinity ? 0 : Watchdog.periodMs(this.#stuckMs)
    const said = new Promise<void>((resolve) => this.#hellos.set(number, resolve))
    const runner = this.#isolation.run({ number, seat, beatMs })
    this.#runners.set(number, runner)
    const ended = this.#attend(runner)
    const { clock } = this.#isolation.program
    const late = clock.after(BOOT_MS, () => runner.terminate({ why: 'terminated' }))
    try {
      await Promise.race([said, ended.then((loss) => this.#failBoot(loss))])
      if (this.#isClosing) {
        // Not before: a thread that is ended while it loads modules leaves their files open, for Node.js does
        // not close what it was about to open.
        runner.terminate({ why: 'terminated' })
        this.#failBoot(await ended)
      }
      if (this.#runners.has(number)) this.#greeted.add(number)
      await this.#host.request(number, 'welcome', this.#welcome())
    } finally {
      clock.cancel(late)
      this.#hellos.delete(number)
    }
    this.#places.set(number, { host: number, seat })
    this.#expected--
    publish({ event: 'begun', host: number })
    this.#announcePlaces()
    return runner
  }

  #failBoot(loss: HostLoss | undefined): never {
    const file = fileURLToPath(this.#isolation.file)
    const cause = loss === undefined ? undefined : hostDown(this.#numbers, loss)
    throw new ActorError('EBOOT', `A host could not run ${file}: ${cause?.message ?? 'closed'}`, {
      cause,
    })
  }

  /** Until the host ends. */
  async #attend(runner: HostRunner): Promise<HostLoss | undefined> {
    const ended = await runner.ended
    const { number } = runner
    const loss = ended ?? { why: 'terminated' }
    const lost: Lost = { host: number, loss, stopped: this.#stopped.get(number) ?? [] }
    this.#stopped.delete(number)
    this.#runners.delete(number)
    this.#greeted.delete(number)
    this.#isolation.remove?.(number)
    this.#lost.push(lost)
    if (this.#places.delete(number)) this.#expected++
    if (!this.#isClosing) {
      publish({ event: 'lost', host: number, loss })
      this.#host.happenings.lost(number, loss)
    }
    // Whoever restarts an actor of it finds out first that others are to come.
    this.#announcePlaces()
    for (const host of this.#unheard.keys()) this.#heard(host, number)
    this.#unheard.set(number, new Set([PROGRAM, ...this.#places.keys()]))
    this.announce('lost', lost)
    this.#host.lose(lost)
    return ended
  }

  /** The host has said which actors of the lost one it restarts, or is gone itself. */
  #heard(lost: number, host: number): void {
    const unheard = this.#unheard.get(lost)
    if (unheard === undefined) return
    unheard.delete(host)
    if (unheard.size > 0) return
    this.#unheard.delete(lost)
    this.#host.whereabouts.moves.settle(lost)
    this.announce('settled', lost)
  }

  #welcome(): Welcome {
    return {
      places: this.#placesNow(),
      lost: this.#lost,
      moves: this.#host.whereabouts.moves.snapshot(),
    }
  }

  #placesNow(): Places {
    return { places: [...this.#places.values()], isExpecting: this.isExpecting }
  }

  #announcePlaces(): void {
    const places = this.#placesNow()
    this.#host.placeAt(places)
    this.announce('places', places)
    for (const changed of this.#onChange) changed()
  }

  #look(): void {
    const running = [...this.#runners.values()].filter(({ number }) => this.#places.has(number))
    const { board } = this.#isolation
    const looks = running.map((runner) => [runner, board.seat(runner.seat).progress] as const)
    for (const runner of this.#watchdog.look(looks))
      runner.terminate({ why: 'stuck', forMs: this.#stuckMs })
  }

  #abort(seat: number, mark: number | undefined): void {
    const written = this.#isolation.board.seat(seat)
    if (mark === undefined) written.abortAll()
    else written.abort(mark)
  }

  /** The actor was to stop, and its host does not even notice. */
  #terminateFor(actor: Address): void {
    const runner = this.#runners.get(actor.host)
    if (runner === undefined) return
    const stopped = this.#stopped.get(actor.host) ?? []
    stopped.push(actor)
    this.#stopped.set(actor.host, stopped)
    runner.terminate({ why: 'terminated' })
  }

  /** Settles after so many milliseconds, or when the system closes. */
  #delay(delayMs: number): Promise<void> {
    const { clock } = this.#isolation.program
    return new Promise((resolve) => {
      const end = (): void => {
        this.#delays.delete(end)
        clock.cancel(timer)
        resolve()
      }
      const timer = clock.after(delayMs, end)
      this.#delays.add(end)
    })
  }
}
