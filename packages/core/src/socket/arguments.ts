import { SocketError } from '../errors.ts'

/** How long a blocking call waits, in milliseconds: 0 not at all, -1 for ever. */
export interface TimeoutOptions {
  timeout?: number
}

export interface BatchOptions {
  /** The most messages to return. Default 1024. */
  max?: number
}

const DEFAULT_BATCH = 1024

/** @throws {TypeError} more was given than the call takes */
export function checkArguments(expected: 0 | 1, extra: readonly unknown[]): void {
  if (extra.length === 0) return
  const given = expected + extra.length
  const plural = expected === 1 ? '' : 's'
  throw new TypeError(`Expected ${expected} argument${plural} but received ${given}`)
}

/** @throws {TypeError} it is no number @throws {SocketError} `EINVAL`: it is no time */
export function checkTimeoutOf({ timeout: timeoutMs }: TimeoutOptions): void {
  if (timeoutMs === undefined) return
  if (typeof timeoutMs !== 'number') throw new TypeError('Timeout must be a number')
  if (!(timeoutMs >= -1)) {
    throw new SocketError('EINVAL', { message: `${timeoutMs} is no number of milliseconds` })
  }
}

/** The most messages a batch may have. @throws {SocketError} `EINVAL`: it is no number of them */
export function batchSizeOf({ max = DEFAULT_BATCH }: BatchOptions): number {
  if (!Number.isInteger(max) || max < 1) {
    throw new SocketError('EINVAL', { message: `${max} is no number of messages` })
  }
  return max
}
