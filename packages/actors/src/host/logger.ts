import { format } from 'node:util'

/** Logs fields and a message, or a message alone; what follows fills in its `%s`, `%d`, `%o`, `%j`. */
export interface LogMethod {
  (fields: object, message?: string, ...values: unknown[]): void
  (message: string, ...values: unknown[]): void
}

/** Levels, the least severe first, by pino's numbers. */
export const levels = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const

export type LogLevel = keyof typeof levels

/** What a system logs with; a logger of pino is one, and so is `console`. */
export interface Logger extends Readonly<Record<Exclude<LogLevel, 'fatal'>, LogMethod>> {
  /** Without it, what is fatal is logged as an error. */
  readonly fatal?: LogMethod
  /** Nothing below it is logged. Read when the system is made; without it, all is. */
  readonly level?: string
}

/** One entry on its way to the logger. */
export interface LogEntry {
  readonly level: LogLevel
  readonly fields: Readonly<Record<string, unknown>>
  readonly message: string | undefined
}

/** The number below which a logger logs nothing. */
export function leastLevelOf({ level }: Logger): number {
  if (level === undefined) return 0
  if (level === 'silent') return Infinity
  return levels[level as LogLevel] ?? 0
}

/** Takes entries of the levels that are logged at all. */
export interface LogSink {
  readonly leastLevel: number
  log(entry: LogEntry): void
}

/** The log of one actor: what it logs says who has. */
export class ActorLog implements Logger {
  readonly trace: LogMethod
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  readonly error: LogMethod
  readonly fatal: LogMethod
  readonly #sink: LogSink
  readonly #bindings: Readonly<Record<string, unknown>>

  /** @internal */
  constructor(sink: LogSink, bindings: Readonly<Record<string, unknown>>) {
    this.#sink = sink
    this.#bindings = bindings
    this.trace = this.#method('trace')
    this.debug = this.#method('debug')
    this.info = this.#method('info')
    this.warn = this.#method('warn')
    this.error = this.#method('error')
    this.fatal = this.#method('fatal')
  }

  /** The same log, with these fields in every entry. */
  child(bindings: Readonly<Record<string, unknown>>): ActorLog {
    return new ActorLog(this.#sink, { ...this.#bindings, ...bindings })
  }

  #method(level: LogLevel): LogMethod {
    return (first: object | string, ...rest: unknown[]) => {
      if (levels[level] < this.#sink.leastLevel) return
      const isMessage = typeof first === 'string'
      const own = isMessage ? {} : first instanceof Error ? { err: first } : first
      const [message, ...values] = (isMessage ? [first, ...rest] : rest) as [string?, ...unknown[]]
      this.#sink.log({
        level,
        fields: { ...this.#bindings, ...own },
        message: message === undefined ? undefined : format(message, ...values),
      })
    }
  }
}

/** What logs on every level. */
export type EveryLevel = Readonly<Record<LogLevel, LogMethod>> & Pick<Logger, 'level'>

/** Hands an entry to a logger. */
export function logWith(logger: EveryLevel, { level, fields, message }: LogEntry): void {
  if (message === undefined) logger[level](fields)
  // A logger would fill in what the message holds by chance.
  else logger[level](fields, '%s', message)
}
