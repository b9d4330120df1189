import type { Socket } from 'node:net'

/**
 * Resolves when a stream is closed, whatever has closed it. `once` would reject at an error: at a reset, if
 * the peer has closed with something unread, or when it is written to after its end.
 */
export function whenClosed(stream: Socket): Promise<void> {
  if (stream.closed) return Promise.resolve()
  return new Promise((resolve) => stream.once('close', () => resolve()))
}
