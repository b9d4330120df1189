import { describe, expect, it } from 'vitest'
import { encodeMetadata } from '../wire/metadata.ts'
import {
  decodeZapReply,
  decodeZapRequest,
  encodeZapReply,
  encodeZapRequest,
  type ZapRequest,
} from './zapMessage.ts'

const request: ZapRequest = {
  domain: 'global',
  address: '127.0.0.1',
  routingId: Buffer.from('server'),
  mechanism: 'PLAIN',
  credentials: [Buffer.from('alice'), Buffer.from('secret')],
}
const frames = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text))

describe('a request of ZAP', () => {
  it('is written as the RFC has it, behind an empty frame', () => {
    expect(encodeZapRequest(request)).toEqual(
      frames('', '1.0', '1', 'global', '127.0.0.1', 'server', 'PLAIN', 'alice', 'secret'),
    )
  })

  it('is read as it was written', () => {
    const decoded = decodeZapRequest(encodeZapRequest(request))
    expect(decoded).toEqual({ id: Buffer.from('1'), request })
  })

  it.each([
    [[]],
    [['']],
    [['x', '1.0', '1', '', '', '', 'NULL']],
    [['', '1.1', '1', '', '', '', 'NULL']],
    [['', '1.0', '1', '', '', '']],
  ])('is not %j', (texts) => {
    expect(decodeZapRequest(frames(...texts))).toBeUndefined()
  })
})

describe('a reply of ZAP', () => {
  it('lets in, with who it is', () => {
    const metadata = encodeMetadata([['Name', Buffer.from('Alice')]])
    const verdict = decodeZapReply([...frames('', '1.0', '1', '200', 'OK', 'alice'), metadata])
    expect(verdict).toMatchObject({ accepted: true, userId: 'alice' })
    expect(verdict.accepted && verdict.metadata?.get('name')?.toString()).toBe('Alice')
  })

  it.each([300, 400, 500] as const)('refuses with %i', (status) => {
    const reply = encodeZapReply(Buffer.from('1'), { status, text: 'why', userId: '' })
    expect(decodeZapReply(reply)).toEqual({ accepted: false, status, text: 'why' })
  })

  it.each([
    ['ZAP_MALFORMED_REPLY', []],
    ['ZAP_MALFORMED_REPLY', ['', '1.0', '1', '200', '', '']],
    ['ZAP_MALFORMED_REPLY', ['', '1.0', '1', '200', '', '', '', '']],
    ['ZAP_UNSPECIFIED', ['x', '1.0', '1', '200', '', '', '']],
    ['ZAP_BAD_VERSION', ['', '1', '1', '200', '', '', '']],
    ['ZAP_BAD_REQUEST_ID', ['', '1.0', '2', '200', '', '', '']],
    ['ZAP_BAD_REQUEST_ID', ['', '1.0', '', '200', '', '', '']],
    ['ZAP_INVALID_STATUS_CODE', ['', '1.0', '1', '', '', '', '']],
    ['ZAP_INVALID_STATUS_CODE', ['', '1.0', '1', '201', '', '', '']],
    ['ZAP_INVALID_STATUS_CODE', ['', '1.0', '1', '2000', '', '', '']],
    ['ZAP_INVALID_METADATA', ['', '1.0', '1', '200', '', '', 'x']],
    ['ZAP_INVALID_METADATA', ['', '1.0', '1', '400', '', '', 'x']],
  ])('is refused with %s: %j', (code, texts) => {
    expect(() => decodeZapReply(frames(...texts))).toThrow(expect.objectContaining({ code }))
  })
})
