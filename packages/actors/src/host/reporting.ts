import { ActorError } from '../errors.ts'
import { channelOf, type SystemEvent, type SystemEventType } from './events.ts'
import {
  leastLevelOf,
  levels,
  logWith,
  type EveryLevel,
  type LogEntry,
  type LogLevel,
  type LogSink,
} from './logger.ts'
import { Outbox } from './outbox.ts'
import { SystemEvents } from './systemEvents.ts'

/** The host that all others report to. */
const PROGRAM = 0

/** What hosts are to report. */
interface Wanted {
  readonly events: boolean
  readonly leastLevel: number
}

type Report = { readonly event: SystemEvent } | { readonly entry: LogEntry }

interface Reports {
  readonly reports: readonly Report[]
  /** So many more there would have been. */
  readonly dropped: number
}

/** What reporting needs of its host. */
export interface ReportingHost {
  readonly number: number
  serve(name: string, answer: (body: never, from: number) => unknown): void
  request(host: number, name: string, body: unknown): Promise<unknown>
  notify(host: number, name: string, body: unknown): void
  /** @throws {ActorError} `EVALUE` */
  copyOf<T>(value: T): T
}

/**
 * Events and log entries of one host. Those of the program's own thread are heard and logged there; all
 * other hosts report to it, as far as it wants to know.
 */
export class Reporting implements LogSink {
  /** Of the program's host only. */
  readonly events: SystemEvents
  readonly #host: ReportingHost
  readonly #outbox: Outbox<Report>
  /** Hosts that report here. */
  readonly #reporters = new Set<number>()
  #logger: EveryLevel | undefined
  #wanted: Wanted = { events: false, leastLevel: Infinity }

  constructor(host: ReportingHost) {
    this.#host = host
    this.events = new SystemEvents((isHeard) => this.#want({ ...this.#wanted, events: isHeard }))
    this.#outbox = new Outbox((reports, dropped) => this.#send({ reports, dropped }))
    host.serve('wanted', (wanted: Wanted) => (this.#wanted = wanted))
    host.serve('reporter', (_: undefined, from: number) => {
      this.#reporters.add(from)
      return this.#wanted
    })
    host.serve('reports', (reports: Reports, from: number) => this.#hear(reports, from))
  }

  /** A host asks what it is to report; the program's own knows. */
  open(): void {
    if (this.#host.number !== PROGRAM) void this.#ask()
  }

  /** What is logged from now on goes there. */
  logWith(logger: EveryLevel | undefined): void {
    this.#logger = logger
    this.#want({
      ...this.#wanted,
      leastLevel: logger === undefined ? Infinity : leastLevelOf(logger),
    })
  }

  get leastLevel(): number {
    return this.#wanted.leastLevel
  }

  /** Whether anybody would hear of such an event. */
  wants(type: SystemEventType): boolean {
    return this.#wanted.events || channelOf(type).hasSubscribers
  }

  /** It has happened on this host. Ask `wants` first. */
  tell(event: SystemEvent): void {
    channelOf(event.type).publish(event)
    if (!this.#wanted.events) return
    if (this.#host.number === PROGRAM) this.events.publish(event)
    else this.#report({ event })
  }

  log(entry: LogEntry): void {
    if (this.#host.number !== PROGRAM) this.#report({ entry })
    else if (this.#logger !== undefined) logWith(this.#logger, entry)
  }

  /** Settles when the program has all that was reported. */
  drained(): Promise<void> {
    return this.#outbox.drained()
  }

  /** A host does not report any more. */
  forget(host: number): void {
    this.#reporters.delete(host)
  }

  #want(wanted: Wanted): void {
    this.#wanted = wanted
    for (const host of this.#reporters) this.#host.notify(host, 'wanted', wanted)
  }

  async #ask(): Promise<void> {
    this.#wanted =
      ((await this.#toProgram('reporter', undefined)) as Wanted | undefined) ?? this.#wanted
  }

  #report(report: Report): void {
    let copy: Report
    try {
      // As it is now: it leaves later.
      copy = this.#host.copyOf(report)
    } catch (error) {
      if (!('entry' in report)) {
        this.#outbox.drop()
        return
      }
      // Better an entry without what it was about than none.
      const { level, message } = report.entry
      const unsendable = error instanceof Error ? error.message : String(error)
      copy = { entry: { level, message, fields: { unsendable } } }
    }
    this.#outbox.add(copy)
  }

  async #send(reports: Reports): Promise<void> {
    try {
      await this.#toProgram('reports', reports)
    } catch (error) {
      // They could be copied, and so are only too large.
      if (!(error instanceof ActorError) || error.code !== 'EMSGSIZE') throw error
      for (let left = reports.reports.length + reports.dropped; left > 0; left--)
        this.#outbox.drop()
    }
  }

  /** The program's answer; none if the system is being closed. */
  async #toProgram(name: string, body: unknown): Promise<unknown> {
    try {
      return await this.#host.request(PROGRAM, name, body)
    } catch (error) {
      if (error instanceof ActorError && ['ECLOSED', 'EHOSTDOWN'].includes(error.code))
        return undefined
      throw error
    }
  }

  #hear({ reports, dropped }: Reports, from: number): void {
    for (const report of reports)
      if ('event' in report) this.events.publish(report.event)
      else this.log(report.entry)
    if (dropped === 0) return
    const event: SystemEvent = { type: 'dropped', host: from, count: dropped }
    if (this.wants('dropped')) this.tell(event)
    this.say('warn', { host: from, dropped }, 'A host had more to report than could be taken')
  }

  /** Logs what the system itself has to say. */
  say(level: LogLevel, fields: LogEntry['fields'], message: string): void {
    if (levels[level] >= this.leastLevel) this.log({ level, fields, message })
  }
}
