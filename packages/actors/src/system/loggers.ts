import { Console } from 'node:console'
import {
  levels,
  type EveryLevel,
  type Logger,
  type LogLevel,
  type LogMethod,
} from '../host/logger.ts'
import { must } from '../options/kinds.ts'
import { stderrLogger } from './stderrLogger.ts'

const names = Object.keys(levels) as LogLevel[]
/** What has none logs it as an error. */
const needed = names.filter((name) => name !== 'fatal')

function isLogger(value: unknown): value is Logger {
  if (typeof value !== 'object' || value === null) return false
  const methods = value as Readonly<Record<string, unknown>>
  return (
    needed.every((name) => typeof methods[name] === 'function') &&
    ['undefined', 'function'].includes(typeof methods['fatal'])
  )
}

/** As an option. */
export const logger = must(
  `false, or an object with the methods ${needed.join(', ')}, such as pino() or console`,
  (value) => value === false || isLogger(value),
)

/**
 * What a system logs with: the logger, so that nothing it throws gets any further. What it does not take is
 * logged to the standard error output, and a warning of the process says so once.
 */
export function guarded(given: Logger): EveryLevel {
  const write = given instanceof Console ? toConsole(given) : given
  let isKnown = false
  const failed = (error: unknown): void => {
    if (isKnown) return
    isKnown = true
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.emitWarning('A logger has failed: what it does not take goes to the error output', {
      code: 'RINGPOST_LOGGER',
      detail: why,
    })
  }
  const method =
    (level: LogLevel): LogMethod =>
    (...entry: unknown[]) => {
      const instead = (error: unknown): void => {
        failed(error)
        stderrLogger[level](...(entry as [object]))
      }
      try {
        const taken: unknown = (write[level] ?? write.error).apply(write, entry as [string])
        if (taken instanceof Promise) taken.catch(instead)
      } catch (error) {
        instead(error)
      }
    }
  return { ...(given.level !== undefined && { level: given.level }), ...eachLevel(method) }
}

/** A console writes what it is given side by side: the message goes first, and its fields follow. */
const toConsole = (console: Logger): Logger =>
  eachLevel((level) => (fields: object | string, ...rest: unknown[]) => {
    // Its `trace` would write where it was called.
    const name = level === 'fatal' ? 'error' : level === 'trace' ? 'debug' : level
    const [format, ...values] = rest as [string?, ...unknown[]]
    if (format === undefined) console[name](fields as object)
    else console[name](format, ...values, fields)
  })

const eachLevel = (method: (level: LogLevel) => LogMethod): Record<LogLevel, LogMethod> => ({
  trace: method('trace'),
  debug: method('debug'),
  info: method('info'),
  warn: method('warn'),
  error: method('error'),
  fatal: method('fatal'),
})
