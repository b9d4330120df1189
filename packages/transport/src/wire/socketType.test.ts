import { socketTypeId } from '@ringpost/core/internal'
import { describe, expect, it } from 'vitest'
import { announcesRoutingId, mayTalkTo, socketTypeName, versionTwoType } from './socketType.ts'

/** Who may talk to whom. @see RFC 37/ZMTP */
const table: Readonly<Record<string, string>> = {
  REQ: 'REP ROUTER',
  REP: 'REQ DEALER',
  DEALER: 'REP DEALER ROUTER',
  ROUTER: 'REQ DEALER ROUTER',
  PUB: 'SUB XSUB',
  XPUB: 'SUB XSUB',
  SUB: 'PUB XPUB',
  XSUB: 'PUB XPUB',
  PUSH: 'PULL',
  PULL: 'PUSH',
  PAIR: 'PAIR',
  CLIENT: 'SERVER',
  SERVER: 'CLIENT',
  RADIO: 'DISH',
  DISH: 'RADIO',
  SCATTER: 'GATHER',
  GATHER: 'SCATTER',
  PEER: 'PEER',
  CHANNEL: 'CHANNEL',
}
const raw: readonly number[] = [socketTypeId.Stream, socketTypeId.Datagram]
const spoken = Object.values(socketTypeId).filter((type) => !raw.includes(type))

describe('types of sockets', () => {
  it('have the names of the RFC, and talk to those it lists', () => {
    expect(spoken.map(socketTypeName).sort()).toEqual(Object.keys(table).sort())
    for (const type of spoken) {
      const peers = Object.keys(table).filter((name) => mayTalkTo(type, name))
      expect(peers.sort()).toEqual(table[socketTypeName(type)]!.split(' ').sort())
    }
  })

  it.each(['', 'pull', 'PULL\0', 'STREAM', 'DGRAM', 'constructor'])('talk to no %j', (name) => {
    for (const type of spoken) expect(mayTalkTo(type, name)).toBe(false)
  })

  it.each([...raw, -1, 21])('have no name for %i', (type) => {
    expect(() => socketTypeName(type)).toThrow(RangeError)
  })

  it('tell a routing id as libzmq does', () => {
    const telling = spoken.filter(announcesRoutingId).map(socketTypeName)
    expect(telling.sort()).toEqual(['DEALER', 'REQ', 'ROUTER'])
  })

  it('are in ZMTP 2.0 those it has numbers for', () => {
    expect(versionTwoType(socketTypeId.XPublisher)).toBe(socketTypeId.Publisher)
    expect(versionTwoType(socketTypeId.XSubscriber)).toBe(socketTypeId.Subscriber)
    expect(versionTwoType(socketTypeId.Push)).toBe(socketTypeId.Push)
  })
})
