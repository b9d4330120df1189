import { describe, expect, it } from 'vitest'
import { SocketError, type SocketErrorCode } from './errors.ts'

describe('SocketError', () => {
  it.each<[SocketErrorCode, number, string]>([
    ['EAGAIN', 11, 'Operation was not possible or timed out'],
    ['EBADF', 9, 'Socket is closed'],
    ['ENOENT', 2, 'No such endpoint'],
    ['EINVAL', 22, 'Invalid argument'],
    ['ENOTSOCK', 88, 'Socket operation on non-socket'],
    ['ENOTSUP', 95, 'Operation not supported'],
    ['EHOSTUNREACH', 113, 'Host unreachable'],
    ['ENOMEM', 12, 'Cannot allocate memory'],
    ['EFSM', 156384763, 'Operation cannot be accomplished in current state'],
    ['ENOCOMPATPROTO', 156384764, 'The protocol is not compatible with the socket type'],
    ['ETERM', 156384765, 'Context was terminated'],
    ['EMTHREAD', 156384766, 'No thread available'],
  ])('%s has number %i and says "%s"', (code, errno, message) => {
    const error = new SocketError(code)
    expect(error).toBeInstanceOf(Error)
    expect({ code: error.code, errno: error.errno, message: error.message }).toEqual({
      code,
      errno,
      message,
    })
    expect(error.name).toBe('SocketError')
  })

  it('carries the address it is given', () => {
    const error = new SocketError('EADDRINUSE', { address: 'inproc://a' })
    expect(error.address).toBe('inproc://a')
  })

  it('has neither an address nor a cause unless they are given', () => {
    const error = new SocketError('EAGAIN')
    expect('address' in error).toBe(false)
    expect('cause' in error).toBe(false)
  })

  it('keeps its cause and a wording of its own', () => {
    const cause = new RangeError('far too much')
    const error = new SocketError('EBUSY', { message: 'Socket is busy reading', cause })
    expect(error.message).toBe('Socket is busy reading')
    expect(error.code).toBe('EBUSY')
    expect(error.cause).toBe(cause)
  })
})
