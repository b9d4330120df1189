import { randomBytes } from 'node:crypto'
import { WireError } from '../errors.ts'
import { encodeCommand, malformedCommand } from '../wire/command.ts'
import {
  COOKIE_NONCE_BYTES,
  hello,
  initiate,
  initiateBox,
  LONG_NONCE_BYTES,
  noncePrefix,
  SHORT_NONCE_BYTES,
  vouchBox,
} from './curveLayout.ts'
import {
  isSame,
  openBox,
  type RandomBytes,
  sharedKey,
  type TransientKeys,
  transientKeys,
} from './curveSecrets.ts'
import { CurveTraffic } from './curveTraffic.ts'
import { Handshake, type Steps } from './handshake.ts'
import type { Authenticator, HandshakeEvents } from './mechanism.ts'
import { OwnNonces, PeerNonces } from './nonceSequence.ts'
import { type Peer, readPeer, type Self } from './peer.ts'
import { KEY_BYTES, type Sodium } from './sodium.ts'

type State = 'waiting for HELLO' | 'waiting for INITIATE' | 'waiting for the authenticator'

const NO_KEY = new Uint8Array()

/**
 * Lets in clients that know its key; an authenticator decides by theirs, and without one everybody
 * may come in.
 *
 * The cookie would let a server forget the client until it comes back; a stream has to be
 * remembered anyway, so the server keeps what is in it, as libzmq does.
 *
 * @see RFC 26/CURVEZMQ
 */
export class CurveServer extends Handshake<State> {
  readonly name = 'CURVE'
  protected state: State = 'waiting for HELLO'
  readonly #sodium: Sodium
  readonly #secretKey: Uint8Array
  readonly #random: RandomBytes
  readonly #ownNonces = new OwnNonces()
  readonly #peerNonces = new PeerNonces()
  #transient: TransientKeys = { publicKey: NO_KEY, secretKey: NO_KEY }
  #clientTransient: Uint8Array = NO_KEY
  #cookie: Uint8Array = NO_KEY
  /** Shared by the transient keys of both sides. */
  #connectionKey: Uint8Array = NO_KEY

  protected readonly steps: Readonly<Record<State, Steps>> = {
    'waiting for HELLO': { HELLO: (data) => this.#onHello(data) },
    'waiting for INITIATE': { INITIATE: (data) => this.#onInitiate(data) },
    'waiting for the authenticator': {},
  }

  /**
   * @param secretKey 32 bytes; its public key is what clients know
   * @param random where transient keys and nonces come from; given by tests only
   */
  constructor(
    self: Self,
    events: HandshakeEvents,
    secretKey: Uint8Array,
    sodium: Sodium,
    authenticator?: Authenticator,
    random: RandomBytes = randomBytes,
  ) {
    super(self, events, authenticator)
    this.#sodium = sodium
    this.#secretKey = secretKey
    this.#random = random
  }

  start(): void {}

  protected forget(): void {
    this.#transient.secretKey.fill(0)
    this.#connectionKey.fill(0)
  }

  #onHello(data: Buffer): void {
    if (data.length !== hello.bytes) throw malformedCommand('HELLO', `${data.length} bytes`)
    if (data[hello.version] !== 1 || data[hello.version + 1] !== 0) {
      throw malformedCommand('HELLO', 'another version of CURVE')
    }
    if (data.subarray(hello.padding, hello.transient).some((byte) => byte !== 0)) {
      throw malformedCommand('HELLO', 'padding that is not zero')
    }
    const clientTransient = Buffer.from(data.subarray(hello.transient, hello.nonce))
    const key = sharedKey(this.#sodium, clientTransient, this.#secretKey)
    const nonce = Buffer.concat([noncePrefix.hello, data.subarray(hello.nonce, hello.box)])
    openBox(this.#sodium, key, nonce, data.subarray(hello.box), 'HELLO')
    this.#peerNonces.accept(data, hello.nonce)
    this.#clientTransient = clientTransient
    this.#transient = transientKeys(this.#sodium, this.#random)
    this.#cookie = this.#bakeCookie()
    this.state = 'waiting for INITIATE'
    this.send(encodeCommand('WELCOME', ...this.#welcome(key)))
  }

  #bakeCookie(): Buffer {
    const nonce = this.#random(COOKIE_NONCE_BYTES)
    const key = this.#random(KEY_BYTES)
    const content = Buffer.concat([this.#clientTransient, this.#transient.secretKey])
    const box = this.#sodium.box(key, Buffer.concat([noncePrefix.cookie, nonce]), content)
    return Buffer.concat([nonce, box])
  }

  #welcome(key: Uint8Array): [nonce: Uint8Array, box: Buffer] {
    const nonce = this.#random(LONG_NONCE_BYTES)
    const content = Buffer.concat([this.#transient.publicKey, this.#cookie])
    return [nonce, this.#sodium.box(key, Buffer.concat([noncePrefix.welcome, nonce]), content)]
  }

  #onInitiate(data: Buffer): void {
    if (data.length < initiate.shortest) throw malformedCommand('INITIATE', `${data.length} bytes`)
    if (!isSame(data.subarray(initiate.cookie, initiate.nonce), this.#cookie)) {
      throw new WireError('CRYPTOGRAPHIC', 'INITIATE with another cookie')
    }
    if (!this.#peerNonces.isNext(data, initiate.nonce)) {
      throw new WireError(
        'INVALID_SEQUENCE',
        'INITIATE with a nonce that is not above that of HELLO',
      )
    }
    const { secretKey } = this.#transient
    this.#connectionKey = sharedKey(this.#sodium, this.#clientTransient, secretKey)
    const nonce = Buffer.concat([noncePrefix.initiate, data.subarray(initiate.nonce, initiate.box)])
    const box = data.subarray(initiate.box)
    const opened = openBox(this.#sodium, this.#connectionKey, nonce, box, 'INITIATE')
    this.#peerNonces.accept(data, initiate.nonce)
    const clientKey = Buffer.from(opened.subarray(initiateBox.key, initiateBox.vouchNonce))
    this.#checkVouch(clientKey, opened)
    const peer = readPeer(this.self, opened.subarray(initiateBox.metadata))
    this.state = 'waiting for the authenticator'
    this.authenticate([clientKey], () => this.#letIn(peer))
  }

  /** Whether the owner of the client's key says that the transient key is its own, and for us. */
  #checkVouch(clientKey: Uint8Array, opened: Buffer): void {
    const key = sharedKey(this.#sodium, clientKey, this.#transient.secretKey)
    const nonce = opened.subarray(initiateBox.vouchNonce, initiateBox.vouch)
    const box = opened.subarray(initiateBox.vouch, initiateBox.metadata)
    const fullNonce = Buffer.concat([noncePrefix.vouch, nonce])
    const vouch = openBox(this.#sodium, key, fullNonce, box, 'the vouch')
    const transient = vouch.subarray(vouchBox.transient, vouchBox.server)
    const server = vouch.subarray(vouchBox.server)
    const ownKey = this.#sodium.publicKey(this.#secretKey)
    if (!isSame(transient, this.#clientTransient) || !isSame(server, ownKey)) {
      throw new WireError('KEY_EXCHANGE', 'a vouch for another connection')
    }
  }

  #letIn(peer: Peer): void {
    const shortNonce = Buffer.alloc(SHORT_NONCE_BYTES)
    this.#ownNonces.writeNext(shortNonce, 0)
    const nonce = Buffer.concat([noncePrefix.ready, shortNonce])
    const box = this.#sodium.box(this.#connectionKey, nonce, this.ownMetadata)
    const keys = {
      own: this.#sodium.prefixKey(this.#connectionKey, noncePrefix.fromServer),
      peer: this.#sodium.prefixKey(this.#connectionKey, noncePrefix.fromClient),
    }
    const cipher = new CurveTraffic(this.#sodium, keys, this.#ownNonces, this.#peerNonces)
    this.send(encodeCommand('READY', shortNonce, box))
    this.finish({ ...peer, cipher })
  }
}
