import { randomBytes } from 'node:crypto'
import { WireError } from '../errors.ts'
import { encodeCommand, malformedCommand } from '../wire/command.ts'
import {
  HELLO_ZEROS,
  hello,
  LONG_NONCE_BYTES,
  noncePrefix,
  ready,
  SHORT_NONCE_BYTES,
  welcome,
  welcomeBox,
} from './curveLayout.ts'
import {
  openBox,
  type RandomBytes,
  sharedKey,
  type TransientKeys,
  transientKeys,
} from './curveSecrets.ts'
import { CurveTraffic } from './curveTraffic.ts'
import { Handshake, refuse, type Steps } from './handshake.ts'
import type { HandshakeEvents } from './mechanism.ts'
import { OwnNonces, PeerNonces } from './nonceSequence.ts'
import { readPeer, type Self } from './peer.ts'
import type { Sodium } from './sodium.ts'

type State = 'waiting for WELCOME' | 'waiting for READY'

/** Keys of 32 bytes each. */
export interface CurveClientKeys {
  readonly publicKey: Uint8Array
  readonly secretKey: Uint8Array
  readonly serverKey: Uint8Array
}

/**
 * Connects to a server whose key it knows, and proves who it is without showing it to others.
 *
 * @see RFC 26/CURVEZMQ
 */
export class CurveClient extends Handshake<State> {
  readonly name = 'CURVE'
  protected state: State = 'waiting for WELCOME'
  readonly #sodium: Sodium
  readonly #keys: CurveClientKeys
  readonly #random: RandomBytes
  readonly #ownNonces = new OwnNonces()
  readonly #peerNonces = new PeerNonces()
  readonly #transient: TransientKeys
  /** Shared by the transient keys of both sides. */
  #connectionKey: Uint8Array = new Uint8Array()

  protected readonly steps: Readonly<Record<State, Steps>> = {
    'waiting for WELCOME': { WELCOME: (data) => this.#onWelcome(data), ERROR: refuse },
    'waiting for READY': { READY: (data) => this.#onReady(data), ERROR: refuse },
  }

  /** @param random where transient keys and nonces come from; given by tests only */
  constructor(
    self: Self,
    events: HandshakeEvents,
    keys: CurveClientKeys,
    sodium: Sodium,
    random: RandomBytes = randomBytes,
  ) {
    super(self, events)
    this.#sodium = sodium
    this.#keys = keys
    this.#random = random
    this.#transient = transientKeys(sodium, random)
  }

  start(): void {
    this.attempt(() => this.send(encodeCommand('HELLO', this.#hello())))
  }

  protected forget(): void {
    this.#transient.secretKey.fill(0)
    this.#connectionKey.fill(0)
  }

  #hello(): Buffer {
    const data = Buffer.alloc(hello.bytes)
    data[hello.version] = 1
    data.set(this.#transient.publicKey, hello.transient)
    this.#ownNonces.writeNext(data, hello.nonce)
    const nonce = Buffer.concat([noncePrefix.hello, data.subarray(hello.nonce, hello.box)])
    data.set(this.#sodium.box(this.#helloKey(), nonce, Buffer.alloc(HELLO_ZEROS)), hello.box)
    return data
  }

  /** Shared by our transient key and the server's own, for HELLO and WELCOME. */
  #helloKey(): Buffer {
    return sharedKey(this.#sodium, this.#keys.serverKey, this.#transient.secretKey)
  }

  #onWelcome(data: Buffer): void {
    if (data.length !== welcome.bytes) throw malformedCommand('WELCOME', `${data.length} bytes`)
    const nonce = Buffer.concat([noncePrefix.welcome, data.subarray(welcome.nonce, welcome.box)])
    const box = data.subarray(welcome.box)
    const opened = openBox(this.#sodium, this.#helloKey(), nonce, box, 'WELCOME')
    const serverTransient = opened.subarray(welcomeBox.transient, welcomeBox.cookie)
    const cookie = opened.subarray(welcomeBox.cookie)
    this.#connectionKey = sharedKey(this.#sodium, serverTransient, this.#transient.secretKey)
    this.state = 'waiting for READY'
    this.send(encodeCommand('INITIATE', cookie, ...this.#initiate(serverTransient)))
  }

  /** What follows the cookie. */
  #initiate(serverTransient: Uint8Array): [nonce: Buffer, box: Buffer] {
    const vouchNonce = this.#random(LONG_NONCE_BYTES)
    const vouch = this.#sodium.box(
      sharedKey(this.#sodium, serverTransient, this.#keys.secretKey),
      Buffer.concat([noncePrefix.vouch, vouchNonce]),
      Buffer.concat([this.#transient.publicKey, this.#keys.serverKey]),
    )
    const shortNonce = Buffer.alloc(SHORT_NONCE_BYTES)
    this.#ownNonces.writeNext(shortNonce, 0)
    const box = this.#sodium.box(
      this.#connectionKey,
      Buffer.concat([noncePrefix.initiate, shortNonce]),
      Buffer.concat([this.#keys.publicKey, vouchNonce, vouch, this.ownMetadata]),
    )
    return [shortNonce, box]
  }

  #onReady(data: Buffer): void {
    if (data.length < ready.shortest) throw malformedCommand('READY', `${data.length} bytes`)
    if (!this.#peerNonces.isNext(data, ready.nonce)) {
      throw new WireError('INVALID_SEQUENCE', 'READY with the nonce 0')
    }
    const nonce = Buffer.concat([noncePrefix.ready, data.subarray(ready.nonce, ready.box)])
    const box = data.subarray(ready.box)
    const metadata = openBox(this.#sodium, this.#connectionKey, nonce, box, 'READY')
    this.#peerNonces.accept(data, ready.nonce)
    const peer = readPeer(this.self, metadata)
    const keys = {
      own: this.#sodium.prefixKey(this.#connectionKey, noncePrefix.fromClient),
      peer: this.#sodium.prefixKey(this.#connectionKey, noncePrefix.fromServer),
    }
    const cipher = new CurveTraffic(this.#sodium, keys, this.#ownNonces, this.#peerNonces)
    this.finish({ ...peer, cipher })
  }
}
