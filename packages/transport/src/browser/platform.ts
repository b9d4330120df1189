import { SocketError } from './errors.ts'
import { SUBPROTOCOL } from './zws.ts'

/** What is used of the platform's WebSocket. @see https://websockets.spec.whatwg.org */
export interface WebSocketLike {
  binaryType: 'blob' | 'arraybuffer'
  readonly bufferedAmount: number
  onopen: (() => void) | null
  onmessage: ((event: { readonly data: ArrayBuffer | string }) => void) | null
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null
  send(data: Uint8Array): void
  close(code?: number, reason?: string): void
}

/**
 * Browsers have it, and so have Deno, Bun and Node from version 22 on.
 *
 * @throws {SocketError} `EINVAL`
 */
export const openWebSocket = (url: string): WebSocketLike => {
  const { WebSocket } = globalThis as unknown as {
    readonly WebSocket: new (url: string, subprotocol: string) => WebSocketLike
  }
  try {
    const stream = new WebSocket(url, SUBPROTOCOL)
    stream.binaryType = 'arraybuffer'
    return stream
  } catch (error) {
    // It is no address; or one of `ws:`, and the page came through TLS.
    throw new SocketError('EINVAL', String(error))
  }
}
