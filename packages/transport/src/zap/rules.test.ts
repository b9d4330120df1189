import { describe, expect, it } from 'vitest'
import { Rules } from './rules.ts'
import type { ZapRequest } from './zapMessage.ts'

const login = (...credentials: Uint8Array[]): ZapRequest => ({
  domain: '',
  address: '127.0.0.1',
  routingId: new Uint8Array(),
  mechanism: 'PLAIN',
  credentials: credentials.map((each) => Buffer.from(each)),
})
const text = (value: string): Buffer => Buffer.from(value)

describe('rules about passwords', () => {
  // What any bytes that are no UTF-8 become.
  const rules = new Rules({ plain: { alice: 'secret', '\ufffd': '\ufffd' } })

  it('let in with the right one', async () => {
    expect(await rules.decide(login(text('alice'), text('secret')))).toEqual({
      accepted: true,
      userId: 'alice',
    })
    expect(await rules.decide(login(text('\ufffd'), text('\ufffd')))).toMatchObject({
      accepted: true,
    })
  })

  it.each([
    ['a wrong one', [text('alice'), text('Secret')]],
    ['a name that is not known', [text('bob'), text('secret')]],
    ['none', [text('alice')]],
    ['one more', [text('alice'), text('secret'), text('')]],
    ['a name that is no text', [Buffer.of(0xff), text('\ufffd')]],
    ['one that is no text', [text('\ufffd'), Buffer.of(0xc0)]],
  ])('refuse %s', async (_, credentials) => {
    expect(await rules.decide(login(...credentials))).toMatchObject({ accepted: false })
  })
})
