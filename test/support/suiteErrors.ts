/** What libzmq's errors look like to a caller: code, number and text. */
export const failures = {
  again: { code: 'EAGAIN', errno: 11, message: 'Operation was not possible or timed out' },
  closed: { code: 'EBADF', errno: 9, message: 'Socket is closed' },
  notSocket: { code: 'ENOTSOCK', errno: 88, message: 'Socket operation on non-socket' },
  invalid: { code: 'EINVAL', errno: 22, message: 'Invalid argument' },
  addressInUse: { code: 'EADDRINUSE', errno: 98, message: 'Address already in use' },
  noEndpoint: { code: 'ENOENT', errno: 2, message: 'No such endpoint' },
  noProtocol: { code: 'EPROTONOSUPPORT', errno: 93, message: 'Protocol not supported' },
  incompatible: {
    code: 'ENOCOMPATPROTO',
    errno: 156384764,
    message: 'The protocol is not compatible with the socket type',
  },
  nameTooLong: { code: 'ENAMETOOLONG', errno: 36, message: 'File name too long' },
  unreachable: { code: 'EHOSTUNREACH', errno: 113, message: 'Host unreachable' },
  wrongState: {
    code: 'EFSM',
    errno: 156384763,
    message: 'Operation cannot be accomplished in current state',
  },
  notSupported: { code: 'ENOTSUP', errno: 95 },
  terminated: { code: 'ETERM', errno: 156384765 },
  tooManySockets: { code: 'EMFILE', errno: 24, message: 'Too many open file descriptors' },
  busyWriting: {
    code: 'EBUSY',
    errno: 16,
    message: 'Socket is busy writing; only one send operation may be in progress at any time',
  },
  busyReading: {
    code: 'EBUSY',
    errno: 16,
    message: 'Socket is busy reading; only one receive operation may be in progress at any time',
  },
  blocked: {
    code: 'EBUSY',
    errno: 16,
    message: 'Socket is blocked by a bind or unbind operation',
  },
} as const

/** The error that a call throws, or that the promise it returns is rejected with. */
export async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  throw new Error('expected a failure, but the call succeeded')
}

/** The error that a call throws before it returns. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('expected the call to throw')
}
