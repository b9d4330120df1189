import { SocketError } from '@ringpost/core'
import { WireError } from './errors.ts'

/**
 * What a connection ends with, by whatever was thrown in it: a WireError or a SocketError, which have
 * codes, or an `EFAULT` that has it as its cause.
 *
 * Whatever a stream, a timer or a pipe calls catches all that is thrown, and ends its connection with this:
 * uncaught it would end the process, or the thread that does I/O for all sockets.
 */
export function faultOf(thrown: unknown): WireError | SocketError {
  if (thrown instanceof WireError || thrown instanceof SocketError) return thrown
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  const message = `The connection has failed by an error of its own: ${why}`
  return new SocketError('EFAULT', { message, cause: thrown })
}
