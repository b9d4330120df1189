/**
 * Every code a socket or context may fail with: the `errno` and the wording programs written for
 * ZeroMQ expect. Plain codes have Linux's numbers on every platform; the four that only ZeroMQ
 * knows count up from its base of 156384712.
 */
const conditions = {
  EAGAIN: { errno: 11, message: 'Operation was not possible or timed out' },
  EBUSY: { errno: 16, message: 'Socket is busy' },
  EBADF: { errno: 9, message: 'Socket is closed' },
  EFSM: { errno: 156384763, message: 'Operation cannot be accomplished in current state' },
  EINVAL: { errno: 22, message: 'Invalid argument' },
  ENOTSUP: { errno: 95, message: 'Operation not supported' },
  EADDRINUSE: { errno: 98, message: 'Address already in use' },
  EADDRNOTAVAIL: { errno: 99, message: 'Cannot assign requested address' },
  EPROTONOSUPPORT: { errno: 93, message: 'Protocol not supported' },
  ENOCOMPATPROTO: {
    errno: 156384764,
    message: 'The protocol is not compatible with the socket type',
  },
  ENODEV: { errno: 19, message: 'No such device' },
  ENOENT: { errno: 2, message: 'No such endpoint' },
  ENAMETOOLONG: { errno: 36, message: 'File name too long' },
  EACCES: { errno: 13, message: 'Permission denied' },
  EFAULT: { errno: 14, message: 'Bad address' },
  EHOSTUNREACH: { errno: 113, message: 'Host unreachable' },
  EMFILE: { errno: 24, message: 'Too many open file descriptors' },
  ENOTSOCK: { errno: 88, message: 'Socket operation on non-socket' },
  ETERM: { errno: 156384765, message: 'Context was terminated' },
  EMTHREAD: { errno: 156384766, message: 'No thread available' },
  ENOMEM: { errno: 12, message: 'Cannot allocate memory' },
  EMSGSIZE: { errno: 90, message: 'Message too long' },
} as const satisfies Record<string, { errno: number; message: string }>

/** What went wrong, by the name ZeroMQ and Linux have for it. Branch on this, not on the message. */
export type SocketErrorCode = keyof typeof conditions

export interface SocketErrorDetails {
  /** Replaces the code's own wording. */
  message?: string
  /** The endpoint that was asked for, as it was given. */
  address?: string
  /** How many messages of a batch had been sent. */
  sent?: number
  cause?: unknown
}

/**
 * A socket or context could not do what it was asked.
 *
 * `code` and `errno` are those of ZeroMQ; `message` is that of its Node.js binding.
 */
export class SocketError extends Error {
  override readonly name = 'SocketError'
  readonly code: SocketErrorCode
  /** Linux's number, or ZeroMQ's for the codes Linux lacks; the same on every platform. */
  readonly errno: number
  /** The endpoint that was asked for; absent where none was. */
  declare readonly address?: string
  /**
   * How many messages of the batch were sent, so that `messages.slice(error.sent)` is what is left;
   * absent where there was no batch, where the call was refused before it began, and where it is not
   * known (`ENOMEM` in the middle of a batch).
   */
  declare readonly sent?: number

  constructor(code: SocketErrorCode, details: SocketErrorDetails = {}) {
    const condition = conditions[code]
    super(
      details.message ?? condition.message,
      // One that is undefined would be shown.
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.code = code
    this.errno = condition.errno
    if (details.address !== undefined) this.address = details.address
    if (details.sent !== undefined) this.sent = details.sent
  }
}
