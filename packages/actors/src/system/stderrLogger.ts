import { format } from 'node:util'
import { levels, type EveryLevel, type LogLevel, type LogMethod } from '../host/logger.ts'

/** What JSON leaves out of an error. */
const plain = (_key: string, value: unknown): unknown =>
  value instanceof Error
    ? Object.assign({}, value, { type: value.name, message: value.message, stack: value.stack })
    : typeof value === 'bigint'
      ? String(value)
      : value

function lineOf(level: LogLevel, fields: object, message: string | undefined): string {
  const entry = { level: levels[level], time: Date.now(), ...fields, msg: message }
  try {
    return `${JSON.stringify(entry, plain)}\n`
  } catch (cause) {
    // Cycles, and what has a `toJSON` that throws.
    const why = cause instanceof Error ? cause.message : String(cause)
    return `${JSON.stringify({ level: entry.level, time: entry.time, msg: message, unwritable: why })}\n`
  }
}

const method =
  (level: LogLevel): LogMethod =>
  (first: object | string, ...rest: unknown[]) => {
    const isMessage = typeof first === 'string'
    const [message, ...values] = (isMessage ? [first, ...rest] : rest) as [string?, ...unknown[]]
    const text = message === undefined ? undefined : format(message, ...values)
    process.stderr.write(lineOf(level, isMessage ? {} : first, text))
  }

/** Warnings and what is worse, on the standard error output, in lines of JSON as pino writes them. */
export const stderrLogger: EveryLevel = {
  level: 'warn',
  trace: method('trace'),
  debug: method('debug'),
  info: method('info'),
  warn: method('warn'),
  error: method('error'),
  fatal: method('fatal'),
}
