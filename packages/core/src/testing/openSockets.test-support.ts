import { afterEach } from 'vitest'
import type { Socket } from '../socket/sockets.ts'

/** What is not there in these tests never comes. */
export const atOnce = { timeout: 0 }

let lastEndpoint = 0
/** A name that no other test of this file has used. */
export const endpoint = (): string => `inproc://test-${++lastEndpoint}`

const opened: Socket[] = []

/** A socket that is closed when the test has ended. */
export function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

export function closeAll(): void {
  for (const socket of opened.splice(0)) socket.close()
}

afterEach(closeAll)
