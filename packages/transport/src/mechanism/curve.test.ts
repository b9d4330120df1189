import { beforeAll, describe, expect, it } from 'vitest'
import { bytes } from '../testing/bytes.test-support.ts'
import {
  type CurveKeys,
  curveClient,
  curveKeys,
  curveServer,
  predictable,
} from '../testing/curve.test-support.ts'
import { dealer, shakeHands, type Side } from '../testing/handshake.test-support.ts'
import type { Authenticator } from './mechanism.ts'
import { loadSodium, type Sodium } from './sodium.ts'

let sodium: Sodium
let keys: CurveKeys
beforeAll(async () => {
  sodium = await loadSodium()
  keys = curveKeys(sodium)
})

const client = (changes: Partial<CurveKeys['client']> = {}): Side =>
  curveClient(sodium, { ...keys.client, ...changes })
const server = (authenticator?: Authenticator): Side =>
  curveServer(sodium, keys.serverSecret, authenticator === undefined ? {} : { authenticator })

const router = {
  socketType: 6,
  routingId: Buffer.from('router'),
  properties: [['X-Place', Buffer.from('here')]],
} as const

/** The commands of a handshake, who gets them, and how long they are without metadata. */
const commands = [
  { name: 'HELLO', receiver: 'server', bytes: 200 },
  { name: 'WELCOME', receiver: 'client', bytes: 168 },
  { name: 'INITIATE', receiver: 'server', bytes: 257 },
  { name: 'READY', receiver: 'client', bytes: 30 },
] as const
/** What a PUSH or a PULL tells of itself. */
const METADATA_BYTES = 20

/** A handshake in which one command is changed; the side that got it. */
function changed(at: number, change: (command: Buffer) => Buffer): Side {
  const sides = { client: client(), server: server() }
  let count = 0
  shakeHands(sides.client, sides.server, (command) => (count++ === at ? change(command) : command))
  return sides[commands[at]!.receiver]
}

describe('CURVE', () => {
  it('shakes hands with commands of the length and the layout of the RFC', () => {
    const sides = [client(), server()] as const
    shakeHands(...sides)
    expect(sides.map((each) => each.witness.outcome)).toEqual(['ready', 'ready'])
    const [hello, initiate] = sides[0].witness.sent
    const [welcome, ready] = sides[1].witness.sent
    expect(hello).toHaveLength(200)
    expect(hello!.subarray(0, 80)).toEqual(bytes(`05 "HELLO" 01 00 ${'00'.repeat(72)}`))
    expect(hello!.subarray(112, 120)).toEqual(bytes('0000000000000001'))
    expect(welcome).toHaveLength(168)
    expect(welcome!.subarray(0, 8)).toEqual(bytes('07 "WELCOME"'))
    expect(initiate).toHaveLength(257 + METADATA_BYTES)
    expect(initiate!.subarray(0, 9)).toEqual(bytes('08 "INITIATE"'))
    expect(initiate!.subarray(105, 113)).toEqual(bytes('0000000000000002'))
    expect(ready).toHaveLength(30 + METADATA_BYTES)
    expect(ready!.subarray(0, 14)).toEqual(bytes('05 "READY" 0000000000000001'))
  })

  it('tells each side who the other is', () => {
    const one = curveClient(sodium, keys.client, { self: dealer })
    const other = curveServer(sodium, keys.serverSecret, { self: router })
    shakeHands(one, other)
    const named = { socketType: 'DEALER', routingId: Buffer.from('bob') }
    expect(other.witness.peer).toMatchObject(named)
    expect(one.witness.peer).toMatchObject({ socketType: 'ROUTER', routingId: router.routingId })
    expect(one.witness.peer!.metadata.get('X-place')).toEqual(Buffer.from('here'))
  })

  it('hides who they are, and encrypts the same content differently every time', () => {
    const sent = ['first', 'second'].map((seed) => {
      const one = curveClient(sodium, keys.client, { seed, self: dealer })
      const other = curveServer(sodium, keys.serverSecret, { seed, self: router })
      shakeHands(one, other)
      return Buffer.concat([...one.witness.sent, ...other.witness.sent])
    })
    for (const all of sent) {
      for (const secret of ['bob', 'router', 'Socket-Type', Buffer.from(keys.client.publicKey)]) {
        expect(all.includes(secret)).toBe(false)
      }
    }
    expect(sent[0]!.subarray(80).equals(sent[1]!.subarray(80))).toBe(false)
  })

  describe('with an authenticator', () => {
    it('asks it for the client’s key', async () => {
      const one = server(({ mechanism, credentials }) => {
        expect(mechanism).toBe('CURVE')
        expect(credentials).toEqual([Buffer.from(keys.client.publicKey)])
        return { accepted: true, userId: 'alice' }
      })
      const other = client()
      shakeHands(other, one)
      await Promise.all([one.witness.ended, other.witness.ended])
      expect(one.witness.peer!.userId).toBe('alice')
      expect(other.witness.outcome).toBe('ready')
    })

    it.each([400, 500] as const)('tells the status %i', async (status) => {
      const one = server(() => ({ accepted: false, status }))
      const other = client()
      shakeHands(other, one)
      await Promise.all([one.witness.ended, other.witness.ended])
      expect(one.witness.sent.at(-1)).toEqual(bytes(`05 "ERROR" 03 "${status}"`))
      expect(one.witness.error).toMatchObject({ code: 'DENIED', status })
      expect(other.witness.error).toMatchObject({ code: 'DENIED', status })
    })

    it('says nothing with the status 300', async () => {
      const one = server(() => ({ accepted: false, status: 300 }))
      shakeHands(client(), one)
      await one.witness.ended
      expect(one.witness.sent).toHaveLength(1)
      expect(one.witness.error).toMatchObject({ code: 'DENIED', status: 300 })
    })
  })

  describe('fails', () => {
    it('when the client knows another server', () => {
      const one = server()
      shakeHands(client({ serverKey: keys.client.publicKey }), one)
      expect(one.witness.outcome).toBe('CRYPTOGRAPHIC')
      expect(one.witness.sent).toEqual([])
    })

    it('when the client has not the secret of its public key', () => {
      const one = server()
      shakeHands(client({ publicKey: keys.client.serverKey }), one)
      expect(one.witness.outcome).toBe('CRYPTOGRAPHIC')
      expect(one.witness.sent).toHaveLength(1)
    })

    it('when the client takes for the server’s a key that is none', () => {
      const one = client({ serverKey: Buffer.alloc(32) })
      one.mechanism.start()
      expect(one.witness.outcome).toBe('KEY_EXCHANGE')
    })

    it('when the client’s key for the connection is none', () => {
      expect(changed(0, (hello) => hello.fill(0, 80, 112)).witness.outcome).toBe('KEY_EXCHANGE')
    })

    it('when INITIATE comes back with the cookie of another connection', () => {
      const one = client()
      shakeHands(one, server())
      const other = curveServer(sodium, keys.serverSecret, { seed: 'other' })
      for (const command of one.witness.sent) other.mechanism.receive(command)
      expect(other.witness.outcome).toBe('CRYPTOGRAPHIC')
    })

    it('when the client’s key vouches for another connection, or for another server', () => {
      const other = Buffer.alloc(32, 9)
      expect(vouchFor({}).witness.outcome).toBe('ready')
      expect(vouchFor({ transient: other }).witness.outcome).toBe('KEY_EXCHANGE')
      expect(vouchFor({ server: other }).witness.outcome).toBe('KEY_EXCHANGE')
    })

    it('when types cannot talk to each other, before the server says who it is', () => {
      const one = server()
      shakeHands(curveClient(sodium, keys.client, { self: dealer }), one)
      expect(one.witness.outcome).toBe('INCOMPATIBLE_PEER')
      expect(one.witness.sent).toHaveLength(1)
    })

    it('when a HELLO of another version comes, or a padding that is not zero', () => {
      for (const at of [6, 7, 8, 79]) {
        const { error } = changed(0, flip(at)).witness
        expect(error).toMatchObject({ code: 'MALFORMED_COMMAND', command: 'HELLO' })
      }
    })

    it('when INITIATE has a nonce that is not above that of HELLO', () => {
      const one = changed(2, (initiate) => initiate.fill(0, 105, 112))
      expect(one.witness.outcome).toBe('ready')
      for (const nonce of [0n, 1n]) {
        const replayed = changed(2, (initiate) => {
          initiate.writeBigUInt64BE(nonce, 105)
          return initiate
        })
        expect(replayed.witness.outcome).toBe('INVALID_SEQUENCE')
      }
    })

    it.each(commands)('when any byte of $name is another', ({ name, bytes: length }) => {
      const at = commands.findIndex((command) => command.name === name)
      const whole = length + (name === 'INITIATE' || name === 'READY' ? METADATA_BYTES : 0)
      for (let byte = 0; byte < whole; byte++) {
        const { outcome, error } = changed(at, flip(byte)).witness
        expect(outcome).not.toBe('ready')
        // Nothing of the bytes is in what is said about them.
        expect(error!.message).toMatch(/^[^\n]{1,100}$/)
      }
    })

    it.each(commands)('when $name is cut off anywhere, or has more', ({ name, bytes: length }) => {
      const at = commands.findIndex((command) => command.name === name)
      const codes = ['MALFORMED_COMMAND', 'UNEXPECTED_COMMAND', 'CRYPTOGRAPHIC']
      for (let end = 0; end < length; end += end < 20 ? 1 : 7) {
        const cutOff = changed(at, (command) => command.subarray(0, end))
        expect(codes).toContain(cutOff.witness.outcome)
      }
      const longer = changed(at, (command) => Buffer.concat([command, Buffer.alloc(1)]))
      expect(codes).toContain(longer.witness.outcome)
    })
  })

  /** What is expected after so many commands have come; everything else is refused. */
  const expectations = [
    ['client', 0, ['WELCOME', 'ERROR']],
    ['client', 1, ['READY', 'ERROR']],
    ['server', 0, ['HELLO']],
    ['server', 1, ['INITIATE']],
  ] as const

  describe.each(expectations)('a %s after %i commands', (who, before, expected) => {
    const others = ['WELCOME', 'READY', 'ERROR', 'HELLO', 'INITIATE', 'MESSAGE', 'PING', 'x']

    it.each(others)('meets %s', (name) => {
      const sides = { client: client(), server: server() }
      let count = 0
      const one = sides[who]
      shakeHands(sides.client, sides.server, (command) => {
        const isNext = commands[count++]?.receiver === who && count > 2 * before
        return isNext ? bytes(`${name.length.toString(16).padStart(2, '0')} "${name}"`) : command
      })
      const isExpected = (expected as readonly string[]).includes(name)
      expect(one.witness.outcome).toBe(isExpected ? 'MALFORMED_COMMAND' : 'UNEXPECTED_COMMAND')
      expect(one.witness.error!.command).toBe(name)
    })
  })
})

/** The server after an INITIATE whose vouch was made by hand. */
function vouchFor(changes: { transient?: Uint8Array; server?: Uint8Array }): Side {
  const { secretKey, publicKey, serverKey } = keys.client
  const transientSecret = predictable('client')(32)
  const transient = sodium.publicKey(transientSecret)
  return changed(2, (initiate) => {
    // What the two transient keys share follows from the server's, which its "random" tells.
    const serverTransient = sodium.publicKey(predictable('server')(32))
    const vouchNonce = Buffer.concat([Buffer.from('VOUCH---'), Buffer.alloc(16)])
    const vouchKey = sodium.sharedKey(serverTransient, secretKey)!
    const content = Buffer.concat([changes.transient ?? transient, changes.server ?? serverKey])
    const vouch = sodium.box(vouchKey, vouchNonce, content)
    const nonce = Buffer.concat([Buffer.from('CurveZMQINITIATE'), initiate.subarray(105, 113)])
    const key = sodium.sharedKey(serverTransient, transientSecret)!
    const box = sodium.box(key, nonce, Buffer.concat([publicKey, Buffer.alloc(16), vouch]))
    return Buffer.concat([initiate.subarray(0, 113), box])
  })
}

function flip(at: number): (command: Buffer) => Buffer {
  return (command) => {
    command[at]! ^= 1 << (at & 7)
    return command
  }
}
