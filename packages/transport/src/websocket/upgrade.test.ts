import { describe, expect, it } from 'vitest'
import { codeOf } from '../testing/bytes.test-support.ts'
import {
  acceptanceOf,
  answerUpgrade,
  encodeAnswer,
  readAnswer,
  refused,
  upgradeFields,
} from './upgrade.ts'

const key = 'x3JJHMbDL1EzLkh9GBhXDw=='
const both = ['ZWS2.0/NULL', 'ZWS2.0']

/** The request of RFC 45. */
const headers = {
  host: 'server.example.com',
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-key': key,
  'sec-websocket-protocol': 'ZWS2.0,ZWS2.0/NULL',
  'sec-websocket-version': '13',
  origin: 'http://example.com',
}
const service = { path: '/zeromq', origins: 'http://example.com', subprotocols: both }
const request = { method: 'GET', httpVersion: '1.1', url: '/zeromq', headers }

describe('an upgrade to a WebSocket', () => {
  it('proves that the key was read, as in the examples of both RFCs', () => {
    expect(acceptanceOf('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
    expect(acceptanceOf(key)).toBe('HSmrc0sMlYUkAGmm5OPpG2HaGWk=')
  })

  it('is answered as RFC 45 does: with the first subprotocol that is spoken', () => {
    const answer = answerUpgrade(request, service)
    expect(encodeAnswer(answer)).toBe(
      [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=',
        'Sec-WebSocket-Protocol: ZWS2.0',
        '',
        '',
      ].join('\r\n'),
    )
    const other = { ...service, path: undefined, subprotocols: ['ZWS2.0/NULL'] }
    expect(answerUpgrade(request, other)).toMatchObject({ subprotocol: 'ZWS2.0/NULL' })
  })

  it('takes up no extension that is offered', () => {
    const offering = { ...headers, 'sec-websocket-extensions': 'permessage-deflate' }
    const answer = answerUpgrade({ ...request, headers: offering }, service)
    expect(encodeAnswer(answer)).not.toMatch(/extensions/i)
    expect(answer.status).toBe(101)
  })

  it('takes what other clients write', () => {
    const other = { ...headers, upgrade: 'WebSocket', connection: 'keep-alive, upgrade' }
    expect(answerUpgrade({ ...request, headers: other }, service).status).toBe(101)
  })

  it.each([
    [400, 'UPGRADE_FAILED', { method: 'POST' }],
    [400, 'UPGRADE_FAILED', { httpVersion: '1.0' }],
    [404, 'UPGRADE_FAILED', { url: '/' }],
    [404, 'UPGRADE_FAILED', { url: '/zeromq?' }],
    [404, 'UPGRADE_FAILED', { url: undefined }],
    [400, 'UPGRADE_FAILED', { headers: { ...headers, host: undefined } }],
    [400, 'UPGRADE_FAILED', { headers: { ...headers, upgrade: 'h2c' } }],
    [400, 'UPGRADE_FAILED', { headers: { ...headers, connection: 'close' } }],
    [400, 'UPGRADE_FAILED', { headers: { ...headers, 'sec-websocket-key': 'short' } }],
    [426, 'UPGRADE_FAILED', { headers: { ...headers, 'sec-websocket-version': '8' } }],
    [400, 'MECHANISM_MISMATCH', { headers: { ...headers, 'sec-websocket-protocol': 'mqtt' } }],
    [400, 'MECHANISM_MISMATCH', { headers: { ...headers, 'sec-websocket-protocol': undefined } }],
  ])('is refused with %i, %s: %j', (status, code, changed) => {
    const answer = answerUpgrade({ ...request, ...changed }, service)
    expect(answer).toMatchObject({ status, error: { code } })
    expect(encodeAnswer(answer)).toMatch(/^HTTP\/1\.1 4\d\d .*\r\nConnection: close\r\n/s)
  })

  it.each([
    [undefined, null, true],
    [undefined, 'https://app.example', true],
    ['https://app.example', null, false],
    ['https://app.example', '*', true],
    ['https://app.example', 'http://localhost:5173 https://app.example', true],
    ['https://app.example:8443', 'https://app.example', false],
    ['http://app.example', 'https://app.example', false],
    ['https://app.example.evil.example', 'https://app.example', false],
    ['null', 'https://app.example', false],
    ['null', 'null', true],
    ['', '*', true],
    ['', null, false],
    // Node joins what comes twice.
    ['https://evil.example, https://app.example', 'https://app.example', false],
  ])('for a page of %j, with origins of %j: %s', (origin, origins, isGranted) => {
    const asked = { ...request, headers: { ...headers, origin } }
    const answer = answerUpgrade(asked, { ...service, origins })
    if (isGranted) expect(answer.status).toBe(101)
    else expect(answer).toMatchObject({ status: 403, error: { code: 'DENIED', status: 400 } })
  })

  it('is asked for as libzmq does', () => {
    expect(upgradeFields('server.example.com:80', key, both)).toEqual({
      Host: 'server.example.com:80',
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Protocol': 'ZWS2.0/NULL,ZWS2.0',
      'Sec-WebSocket-Version': '13',
    })
  })
})

describe('the answer of a server', () => {
  const answer = {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-accept': 'HSmrc0sMlYUkAGmm5OPpG2HaGWk=',
    'sec-websocket-protocol': 'ZWS2.0',
  }

  it('tells the subprotocol', () => {
    expect(readAnswer({ headers: answer }, key, both)).toBe('ZWS2.0')
  })

  it.each([
    ['UPGRADE_FAILED', { upgrade: 'h2c' }],
    ['UPGRADE_FAILED', { connection: 'close' }],
    ['UPGRADE_FAILED', { 'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' }],
    ['UPGRADE_FAILED', { 'sec-websocket-extensions': 'permessage-deflate' }],
    ['MECHANISM_MISMATCH', { 'sec-websocket-protocol': 'ZWS2.0/PLAIN' }],
    ['MECHANISM_MISMATCH', { 'sec-websocket-protocol': undefined }],
  ])('is refused with %s: %j', (code, changed) => {
    expect(codeOf(() => readAnswer({ headers: { ...answer, ...changed } }, key, both))).toBe(code)
  })

  it('may be that it is not there for now, or that it never will be', () => {
    expect(refused(503).code).toBe('SERVER_UNAVAILABLE')
    expect(refused(404).code).toBe('UPGRADE_FAILED')
  })
})
