/**
 * Why a call failed. Branch on this, not on the message.
 *
 * | code       | when                                                       |
 * | ---------- | ---------------------------------------------------------- |
 * | `EAGAIN`   | it took longer than `sendTimeout` or `receiveTimeout`      |
 * | `EBADF`    | the socket is closed, or was while the call waited         |
 * | `EBUSY`    | another call waits for the same already                    |
 * | `EFSM`     | it is not the turn of this call, in a request              |
 * | `EINVAL`   | it is no endpoint of `ws://` or `wss://`, or none for here |
 * | `EPROTO`   | the peer broke the protocol                                |
 * | `ENOBUFS`  | more has come than `receiveHighWaterMark` lets wait        |
 */
export type SocketErrorCode =
  | 'EAGAIN'
  | 'EBADF'
  | 'EBUSY'
  | 'EFSM'
  | 'EINVAL'
  | 'EPROTO'
  | 'ENOBUFS'

const meanings: Readonly<Record<SocketErrorCode, string>> = {
  EAGAIN: 'Operation was not possible or timed out',
  EBADF: 'Socket is closed',
  EBUSY: 'Socket is busy',
  EFSM: "Operation cannot be accomplished in current state: it is the other call's turn",
  EINVAL: 'Invalid argument',
  EPROTO: 'Protocol error',
  ENOBUFS: 'No buffer space available',
}

/** A call, or a connection, failed; `code` says why. */
export class SocketError extends Error {
  override readonly name = 'SocketError'
  readonly code: SocketErrorCode

  constructor(code: SocketErrorCode, message: string = meanings[code]) {
    super(message)
    this.code = code
  }
}
