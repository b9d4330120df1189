import type { PatternHost } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'

/** Sends the socket's hello message, if it has one, before anything else. @see ZMQ_HELLO_MSG */
export function greet(host: PatternHost, pipe: Pipe): void {
  const { helloMessage } = host.options
  if (helloMessage === null || helloMessage.length === 0) return
  pipe.write(helloMessage)
  host.flushLater(pipe)
}

/**
 * What is received in the name of a peer that has left, after all that it had sent: over inproc
 * only where it had connected, as in libzmq. @see ZMQ_DISCONNECT_MSG
 */
export function farewellOf(host: PatternHost, pipe: Pipe): Buffer | undefined {
  const { disconnectMessage } = host.options
  const hasLeft = pipe.side === 1 && pipe.isPeerClosed
  if (!hasLeft || disconnectMessage === null || disconnectMessage.length === 0) return undefined
  return Buffer.from(disconnectMessage)
}
