import { SocketError } from '../errors.ts'

/** How long a blocking call waits, in milliseconds: 0 not at all, -1 for ever. */
export interface TimeoutOptions {
  timeout?: number
}

export interface BatchOptions {
  /**
   * The most messages to return, 1024 by default. A batch that is copied ends before when its messages have
   * 1 MiB together, or little more; one that is lent does not.
   */
  max?: number
}

const DEFAULT_BATCH = 1024

/** @throws {TypeError} more was given than the call takes */
export function checkArguments(expected: 0 | 1, extra: readonly unknown[]): void {
  if (extra.length > 0) throw tooManyArguments(expected, expected + extra.length)
}

export function tooManyArguments(expected: 0 | 1 | 2, given: number): TypeError {
  const plural = expected === 1 ? '' : 's'
  return new TypeError(`Expected ${expected} argument${plural} but received ${given}`)
}

const TIMEOUT = ['timeout']
const BATCH = ['max']
const BLOCKING_BATCH = ['timeout', 'max']

/**
 * @throws {TypeError} they are no object, an option is unknown, or of a wrong type
 * @throws {SocketError} `EINVAL`: it is no time
 */
export function checkTimeoutOptions(options: TimeoutOptions): void {
  checkNames(options, TIMEOUT)
  checkTimeoutOf(options)
}

/** As `checkTimeoutOptions`, where others look at the other options. */
export function checkTimeoutOf({ timeout: timeoutMs }: TimeoutOptions): void {
  if (timeoutMs === undefined) return
  if (typeof timeoutMs !== 'number') throw new TypeError('Timeout must be a number')
  if (!(timeoutMs >= -1)) {
    throw new SocketError('EINVAL', { message: `${timeoutMs} is no number of milliseconds` })
  }
}

/**
 * The most messages a batch may have.
 *
 * @throws {TypeError} they are no object, an option is unknown, or of a wrong type
 * @throws {SocketError} `EINVAL`: it is no number of messages
 */
export function batchSizeOf(options: BatchOptions | undefined): number {
  if (options === undefined) return DEFAULT_BATCH
  checkNames(options, BATCH)
  return checkedBatchSize(options)
}

/** As `batchSizeOf`, for calls that take a timeout too, which it checks. */
export function blockingBatchSizeOf(options: (TimeoutOptions & BatchOptions) | undefined): number {
  if (options === undefined) return DEFAULT_BATCH
  checkNames(options, BLOCKING_BATCH)
  checkTimeoutOf(options)
  return checkedBatchSize(options)
}

function checkedBatchSize({ max = DEFAULT_BATCH }: BatchOptions): number {
  if (typeof max !== 'number') throw new TypeError('Max must be a number')
  if (!Number.isInteger(max) || max < 1) {
    throw new SocketError('EINVAL', { message: `${max} is no number of messages` })
  }
  return max
}

function checkNames(options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('Options must be an object')
  }
  for (const name in options) {
    if (!known.includes(name)) throw new TypeError(`Unknown option ${JSON.stringify(name)}`)
  }
}
