import { Answer, type Asker, type Asks, type Pending } from './asks.ts'
import { kind, type Envelope } from './envelope.ts'
import { lane, type Lanes, type Mesh } from './mesh.ts'
import { parcelOf } from './parcels.ts'
import { Unreadable } from './record.ts'
import type { Whereabouts } from './whereabouts.ts'

/** Answers a request of another host; `id` is the request's name there. */
export type Service = (body: never, from: number, id: number) => unknown

/** What hosts ask of each other, by name: on the system lane, unless said otherwise. */
export class Services {
  readonly #number: number
  readonly #mesh: Mesh
  readonly #asks: Asks
  readonly #asker: Asker
  readonly #whereabouts: Whereabouts
  readonly #services = new Map<string, Service>()

  constructor(number: number, mesh: Mesh, asks: Asks, asker: Asker, whereabouts: Whereabouts) {
    this.#number = number
    this.#mesh = mesh
    this.#asks = asks
    this.#asker = asker
    this.#whereabouts = whereabouts
  }

  /** Answers requests of that name from other hosts; what it throws fails them. */
  serve(name: string, answer: Service): void {
    this.#services.set(name, answer)
  }

  /** Asks another host, or this one. @param way `users`: behind what actors there were sent before */
  request(
    host: number,
    name: string,
    body: unknown,
    way: keyof Lanes = lane.system,
  ): Promise<unknown> {
    if (host === this.#number) return this.#answer(name, body, host, 0)
    return this.pose(host, name, body, way).promise
  }

  /** Settles when the host has taken all messages of actors that were posted to it before. */
  async whenTaken(host: number): Promise<void> {
    // An answer says so to what lies behind them.
    if (host !== this.#number) await this.pose(host, 'taken', undefined, lane.users).promise
  }

  /** Asks another host what it may take long to answer. @returns what may be abandoned */
  pose(host: number, name: string, body: unknown, way: keyof Lanes = lane.system): Answer {
    const answer = new Answer(host, this.#asker)
    if (this.#mesh.isGone(host)) {
      answer.fail(this.#whereabouts.whyNot(host))
      return answer
    }
    this.#asks.add(answer, Infinity)
    try {
      this.#mesh.post(host, way, parcelOf(kind.request, name, answer.id, body))
    } catch (error) {
      this.#giveUp(answer, error)
    }
    return answer
  }

  /** Tells another host, or this one, what it does not answer. */
  notify(host: number, name: string, body: unknown): void {
    if (host === this.#number) this.#services.get(name)!(body as never, host, 0)
    else if (!this.#mesh.isGone(host))
      this.#mesh.post(host, lane.system, parcelOf(kind.notice, name, 0, body))
  }

  /** A notice among the messages of actors. @returns false: the host does not keep up */
  offer(host: number, name: string, body: unknown): boolean {
    if (this.#whereabouts.isGone(host) || this.#mesh.to(host).users.isFull) return false
    this.#mesh.post(host, lane.users, parcelOf(kind.notice, name, 0, body))
    return true
  }

  /** Another host has told something. */
  hear({ method, from, id, body }: Envelope): void {
    this.#services.get(method)?.(body as never, from, id)
  }

  /** Another host has asked something. */
  async take({ method, from, id, body }: Envelope): Promise<void> {
    try {
      if (body instanceof Unreadable) throw body.error
      const value = await this.#answer(method, body, from, id)
      this.#reply(from, kind.reply, id, value)
    } catch (error) {
      this.#reply(from, kind.failure, id, error)
    }
  }

  async #answer(name: string, body: unknown, from: number, id: number): Promise<unknown> {
    return this.#services.get(name)!(body as never, from, id)
  }

  #reply(
    host: number,
    how: typeof kind.reply | typeof kind.failure,
    id: number,
    body: unknown,
  ): void {
    if (!this.#mesh.isGone(host)) this.#mesh.post(host, lane.system, parcelOf(how, '', id, body))
  }

  #giveUp(answer: Pending, error: unknown): void {
    this.#asks.remove(answer)
    answer.fail(error)
  }
}
