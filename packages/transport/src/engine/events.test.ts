import { constants } from 'node:os'
import { SocketError } from '@ringpost/core'
import { describe, expect, it } from 'vitest'
import { WireError } from '../errors.ts'
import { disconnectEvent, handshakeEvent } from './events.ts'

const told = (error: Error | undefined) => handshakeEvent(error, 'tcp://here')

describe('what a failed handshake is told as', () => {
  it.each(['HELLO', 'INITIATE', 'WELCOME', 'READY', 'ERROR', 'MESSAGE'])(
    'a malformed %s by its name',
    (command) => {
      const event = told(new WireError('MALFORMED_COMMAND', 'wrong', { command }))
      expect(event).toMatchObject({
        type: 'handshake:error:protocol',
        address: 'tcp://here',
        error: { code: `ERR_ZMTP_MALFORMED_COMMAND_${command}`, message: 'ZMTP protocol error' },
      })
    },
  )

  it.each([
    [new WireError('MALFORMED_COMMAND', 'wrong'), 'ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED'],
    [
      new WireError('MALFORMED_COMMAND', 'wrong', { command: 'PING' }),
      'ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED',
    ],
    [new WireError('CRYPTOGRAPHIC', 'wrong'), 'ERR_ZMTP_CRYPTOGRAPHIC'],
    [new WireError('FRAME_TOO_LARGE', 'wrong'), 'ERR_ZMTP_UNSPECIFIED'],
  ])('%s as %s', (error, code) => {
    expect(told(error)).toMatchObject({ type: 'handshake:error:protocol', error: { code } })
  })

  it.each([
    'ZAP_UNSPECIFIED',
    'ZAP_MALFORMED_REPLY',
    'ZAP_BAD_REQUEST_ID',
    'ZAP_BAD_VERSION',
    'ZAP_INVALID_STATUS_CODE',
    'ZAP_INVALID_METADATA',
  ] as const)('%s as an error of ZAP', (code) => {
    expect(told(new WireError(code, 'wrong'))).toMatchObject({
      type: 'handshake:error:protocol',
      error: { code: `ERR_${code}`, message: 'ZAP protocol error' },
    })
  })

  it.each([
    [300, 'Temporary error'],
    [400, 'Authentication failure'],
    [500, 'Internal error'],
  ] as const)('a status of %i as one of authentication', (status, message) => {
    expect(told(new WireError('DENIED', 'no', { status }))).toMatchObject({
      type: 'handshake:error:auth',
      error: { status, message },
    })
  })

  it('an authenticator that is not there as EFAULT', () => {
    const cause = new WireError('AUTHENTICATOR_FAILED', 'nobody')
    expect(told(cause)).toMatchObject({
      type: 'handshake:error:other',
      error: { code: 'EFAULT', errno: 14, message: 'nobody', cause },
    })
  })

  it('what the system says with its own number and words', () => {
    const fact = { code: 'ECONNRESET', errno: -104, syscall: 'read' }
    const cause = Object.assign(new Error('read ECONNRESET'), fact)
    const event = told(cause)
    expect(event).toMatchObject({
      type: 'handshake:error:other',
      address: 'tcp://here',
      error: { code: 'ECONNRESET', errno: 104, message: 'Connection reset by peer', cause },
    })
    expect(told((event as { error: Error }).error)).toEqual(event)
  })

  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'],
    ['CERT_HAS_EXPIRED', 'certificate has expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'it is for another name'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number'],
  ])('%s as EPROTO, with what OpenSSL says', (code, message) => {
    const cause = Object.assign(new Error(message), { code })
    const { EPROTO } = constants.errno
    expect(told(cause)).toMatchObject({
      type: 'handshake:error:other',
      error: { code: 'EPROTO', errno: EPROTO, message, cause },
    })
  })

  it('what OpenSSL says by its reason, and not with all that it has written down', () => {
    const message =
      'C0B6:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../:350:\n'
    const facts = { code: 'ERR_SSL_WRONG_VERSION_NUMBER', reason: 'wrong version number' }
    const cause = Object.assign(new Error(message), facts)
    expect(told(cause)).toMatchObject({ error: { message: facts.reason, cause } })
  })

  it('a name that a certificate is not for with the whole sentence', () => {
    const facts = { code: 'ERR_TLS_CERT_ALTNAME_INVALID', reason: 'Host: a. is not in: DNS:b' }
    const message = `Hostname/IP does not match certificate's altnames: ${facts.reason}`
    const cause = Object.assign(new Error(message), facts)
    expect(told(cause)).toMatchObject({ error: { message, cause } })
  })

  it('with a number what has none', () => {
    const cause = new Error('strange')
    expect(told(cause)).toMatchObject({
      type: 'handshake:error:other',
      error: { code: 'EFAULT', errno: 14, message: 'strange', cause },
    })
  })

  it('nothing, when this side has left or the peer said no without a status', () => {
    expect(told(undefined)).toBeUndefined()
    expect(told(new WireError('DENIED', 'go away'))).toBeUndefined()
  })
})

describe('what the end of a connection is told as', () => {
  const bare = { type: 'disconnect', address: 'tcp://here' }
  const wrong = new WireError('FRAME_TOO_LARGE', 'wrong')

  it('with what the peer did wrong after the handshake', () => {
    expect(disconnectEvent(wrong, true, 'tcp://here')).toEqual({ ...bare, error: wrong })
  })

  it('with why this side could not go on', () => {
    const error = new SocketError('ENOMEM')
    expect(disconnectEvent(error, true, 'tcp://here')).toEqual({ ...bare, error })
  })

  it('without what was told before, or what nobody has done', () => {
    expect(disconnectEvent(wrong, false, 'tcp://here')).toEqual(bare)
    expect(disconnectEvent(new Error('reset'), true, 'tcp://here')).toEqual(bare)
    expect(disconnectEvent(undefined, true, 'tcp://here')).toEqual(bare)
  })
})
