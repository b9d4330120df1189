import { socketTypeId } from '@ringpost/core/internal'
import { describe, expect, it } from 'vitest'
import { bytes, codeOf, cut } from '../testing/bytes.test-support.ts'
import {
  GreetingExchange,
  type GreetingProgress,
  type OwnGreeting,
  requireMechanism,
} from './greeting.ts'

const own: OwnGreeting = {
  mechanism: 'NULL',
  asServer: false,
  socketType: socketTypeId.Dealer,
  routingId: Buffer.alloc(0),
  acceptVersion2: true,
}

const signature = 'ff 00 00 00 00 00 00 00 01 7f'
const zeros = (count: number): string => '00'.repeat(count)
const versionThree = (minor: string, mechanism: string, asServer = '00'): string =>
  `${signature} 03 ${minor} "${mechanism}" ${zeros(20 - mechanism.length)} ${asServer} ${zeros(31)}`

/** All that is replied while these chunks come, and what is known at the end. */
function greet(chunks: readonly Buffer[], self = own): GreetingProgress {
  const exchange = new GreetingExchange(self)
  const replies: Buffer[] = []
  let progress: GreetingProgress | undefined
  chunks.forEach((chunk, at) => {
    progress = exchange.receive(chunk)
    if (progress.reply !== undefined) replies.push(progress.reply)
    const isLast = at === chunks.length - 1
    expect(progress.peer !== undefined).toBe(isLast)
  })
  return { ...progress!, reply: Buffer.concat(replies) }
}

const everyByte = (wire: Buffer): Buffer[] =>
  cut(wire.subarray(0, -1), [...wire.keys()].slice(1, -1))

describe('a greeting', () => {
  it('begins with the signature and the version, whatever the peer is', () => {
    expect(new GreetingExchange(own).open()).toEqual(bytes(`${signature} 03`))
  })

  it('tells ZMTP 1.0 the length of the routing id plus one, as libzmq does', () => {
    const named = { ...own, routingId: Buffer.from('bob') }
    const opening = bytes('ff 00 00 00 00 00 00 00 04 7f 03')
    expect(new GreetingExchange(named).open()).toEqual(opening)
  })

  it.each([
    ['NULL', false, '00'],
    ['PLAIN', true, '01'],
    ['PLAIN', false, '00'],
    ['CURVE', true, '01'],
  ])('of %s goes on as the RFC has it, as-server %s', (mechanism, asServer, flag) => {
    const self = { ...own, mechanism, asServer }
    const { reply } = greet([bytes(versionThree('01', 'NULL'))], self)
    expect(reply).toEqual(bytes(versionThree('01', mechanism, flag)).subarray(11))
  })

  describe.each([
    ['3.1', '01', '3.1'],
    ['3.0', '00', '3.0'],
    ['3.2', '02', '3.1'],
  ])('of a peer of ZMTP %s', (_, minor, version) => {
    const wire = bytes(versionThree(minor, 'CURVE', '01'))
    const expected = { version, mechanism: 'CURVE', asServer: true }

    it('is understood, and what follows it left', () => {
      const progress = greet([Buffer.concat([wire, bytes('04 02')])])
      expect(progress.peer).toEqual(expected)
      expect(progress.rest).toEqual(bytes('04 02'))
      expect(progress.reply).toHaveLength(53)
    })

    it('is understood byte by byte and split anywhere, and answered once', () => {
      const whole = greet([wire])
      const byByte = greet([...everyByte(wire), wire.subarray(-1)])
      expect(byByte.peer).toEqual(expected)
      expect(byByte.reply).toEqual(whole.reply)
      for (let at = 1; at < wire.length; at++) {
        const split = greet(cut(wire, [at]))
        expect(split.peer).toEqual(expected)
        expect(split.reply).toEqual(whole.reply)
      }
    })

    it('is answered at its eleventh byte and not before', () => {
      const exchange = new GreetingExchange(own)
      expect(exchange.receive(wire.subarray(0, 10)).reply).toBeUndefined()
      expect(exchange.receive(wire.subarray(10, 11)).reply).toHaveLength(53)
      expect(exchange.receive(wire.subarray(11)).reply).toBeUndefined()
    })
  })

  it('of a later major version is taken for the newest that is known', () => {
    const wire = bytes(versionThree('00', 'NULL'))
    wire[10] = 4
    expect(greet([wire]).peer).toEqual({ version: '3.1', mechanism: 'NULL', asServer: false })
  })

  describe('of a peer of ZMTP 2.0', () => {
    it.each(['01', '02'])('is understood with the revision %s', (revision) => {
      const wire = bytes(`${signature} ${revision} 08 00 03 "bob"`)
      const expected = { version: '2.0', socketType: 8, routingId: bytes('"bob"') }
      const whole = greet([Buffer.concat([wire, bytes('00 01 "x"')])])
      expect(whole.peer).toEqual(expected)
      expect(whole.rest).toEqual(bytes('00 01 "x"'))
      for (let at = 1; at < wire.length; at++) {
        expect(greet(cut(wire, [at])).peer).toEqual(expected)
      }
      expect(greet([...everyByte(wire), wire.subarray(-1)]).peer).toEqual(expected)
    })

    it.each([0, 1, 255])('is understood with a routing id of %i bytes', (length) => {
      const routingId = Buffer.alloc(length, 'i')
      const wire = Buffer.concat([bytes(`${signature} 01 03 00`), Buffer.of(length), routingId])
      expect(greet([wire]).peer).toEqual({ version: '2.0', socketType: 3, routingId })
    })

    it('is answered with the type and the routing id of our socket', () => {
      const wire = bytes(`${signature} 01 08 00 00`)
      const named = { ...own, routingId: Buffer.from('bob') }
      expect(greet([wire], named).reply).toEqual(bytes('05 00 03 "bob"'))
      const publisher = { ...named, socketType: socketTypeId.XPublisher }
      expect(greet([wire], publisher).reply).toEqual(bytes('01 00 00'))
    })

    it('is refused where peers must be known, by its eleventh byte', () => {
      const wire = bytes(`${signature} 01`)
      for (const self of [
        { ...own, mechanism: 'PLAIN' },
        { ...own, mechanism: 'CURVE' },
        { ...own, acceptVersion2: false },
      ]) {
        expect(codeOf(() => new GreetingExchange(self).receive(wire))).toBe('UNSUPPORTED_VERSION')
      }
    })

    it('is refused with a routing id in a frame of another kind', () => {
      for (const flags of ['01', '02', '04']) {
        const wire = bytes(`${signature} 01 08 ${flags} 00`)
        expect(codeOf(() => new GreetingExchange(own).receive(wire))).toBe('MALFORMED_FRAME')
      }
    })
  })

  it.each([
    ['ZMTP 1.0, a short routing id', '01'],
    ['ZMTP 1.0, a long routing id', 'ff 00 00 00 00 00 00 01 00 00'],
    ['ZMTP 1.0, with a version', `${signature} 00`],
    ['HTTP', '"GET / HTTP/1.1"'],
    ['TLS', '16 03 01'],
  ])('of a peer of %s is refused as soon as it shows', (_, wire) => {
    const refused = bytes(wire)
    expect(codeOf(() => new GreetingExchange(own).receive(refused))).toBe('UNSUPPORTED_VERSION')
    const exchange = new GreetingExchange(own)
    if (!wire.startsWith('ff')) return
    exchange.receive(refused.subarray(0, -1))
    expect(codeOf(() => exchange.receive(refused.subarray(-1)))).toBe('UNSUPPORTED_VERSION')
  })

  it('is complete on both sides whatever order bytes come in: nobody waits for the other', () => {
    const sides = [new GreetingExchange(own), new GreetingExchange({ ...own, mechanism: 'PLAIN' })]
    const towards = [sides[1]!.open(), sides[0]!.open()]
    const peers: unknown[] = [undefined, undefined]
    for (let step = 0; step < 128; step++) {
      const at = step % 2
      const { reply, peer } = sides[at]!.receive(towards[at]!.subarray(0, 1))
      towards[at] = towards[at]!.subarray(1)
      if (reply !== undefined) towards[1 - at] = Buffer.concat([towards[1 - at]!, reply])
      peers[at] = peer
    }
    expect(peers).toMatchObject([{ mechanism: 'PLAIN' }, { mechanism: 'NULL' }])
    expect(towards.map((left) => left.length)).toEqual([0, 0])
  })
})

describe('mechanisms', () => {
  it('must be the same in all twenty bytes', () => {
    requireMechanism('NULL', 'NULL')
    const wire = bytes(versionThree('01', 'NULL'))
    wire[20] = 0x41
    const { peer } = greet([wire])
    const theirs = peer!.version === '2.0' ? '' : peer!.mechanism
    for (const name of [theirs, 'PLAIN', '', 'null', 'NULLX']) {
      expect(codeOf(() => requireMechanism('NULL', name))).toBe('MECHANISM_MISMATCH')
    }
  })
})
