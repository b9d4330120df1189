import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { datagramsTo, JoinedGroups } from './groupDatagrams.ts'

const joining = (group: Uint8Array): Buffer[] => [Buffer.concat([Buffer.of(1), group])]
const leaving = (group: Uint8Array): Buffer[] => [Buffer.concat([Buffer.of(0), group])]
const groups = fc.uint8Array({ maxLength: 255 }).map((bytes) => Buffer.from(bytes))
const bodies = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))

const encode = (group: Buffer, body: Buffer): Buffer =>
  Buffer.concat(datagramsTo('127.0.0.1', 1).datagramOf([group, body])!.parts)

describe('a datagram of a RADIO', () => {
  it('is the length of the group, the group and the body', () => {
    expect(
      datagramsTo('239.0.0.1', 5555).datagramOf([Buffer.from('TV'), Buffer.from('x')]),
    ).toEqual({
      parts: [Buffer.of(2), Buffer.from('TV'), Buffer.from('x')],
      host: '239.0.0.1',
      port: 5555,
    })
  })

  it('is the message again for who has joined its group, and for nobody else', () => {
    fc.assert(
      fc.property(groups, bodies, groups, (group, body, other) => {
        const joined = new JoinedGroups()
        joined.datagramOf(joining(other))
        const isJoined = other.equals(group)
        expect(joined.messageOf(encode(group, body))).toEqual(isJoined ? [group, body] : undefined)
        joined.datagramOf(joining(group))
        expect(joined.messageOf(encode(group, body))).toEqual([group, body])
        joined.datagramOf(leaving(group))
        expect(joined.messageOf(encode(group, body))).toBeUndefined()
      }),
    )
  })

  it('may be anything, and is dropped when it is none', () => {
    const joined = new JoinedGroups()
    joined.datagramOf(joining(Buffer.alloc(0)))
    expect(joined.messageOf(Buffer.alloc(0))).toBeUndefined()
    expect(joined.messageOf(Buffer.from([5, 1, 2, 3, 4]))).toBeUndefined()
    expect(joined.messageOf(Buffer.of(255))).toBeUndefined()
    expect(joined.messageOf(Buffer.of(0))).toEqual([Buffer.alloc(0), Buffer.alloc(0)])
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        joined.messageOf(Buffer.from(bytes))
      }),
    )
  })
})
