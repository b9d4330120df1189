import { isIPv4, isIPv6 } from 'node:net'
import { ipv6Groups } from '../stream/ipv6.ts'

const VERSION = 5
const CREDENTIALS_VERSION = 1
const method = { none: 0, credentials: 2 } as const
const CONNECT = 1
const addressType = { ipv4: 1, name: 3, ipv6: 4 } as const
const PORT_BYTES = 2
/** Before the address that an answer ends with. */
const ANSWER_HEADER_BYTES = 4
const GRANTED = 0
const LONGEST_NAME = 255

const refusals: readonly string[] = [
  'it failed',
  'its rules do not allow it',
  'the network cannot be reached',
  'the host cannot be reached',
  'the connection was refused',
  'it took too many hops',
  'it knows no CONNECT',
  'it knows no such address',
]

/** A proxy did not do what it was asked for. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError'
}

export interface Credentials {
  readonly username: string
  readonly password: string
}

/** Where the proxy is to connect to: an address, or a name that it looks up. */
export interface Target {
  readonly host: string
  readonly port: number
}

/** What follows from what has come. */
export interface Step {
  /** To be sent. */
  readonly reply?: Buffer
  /** There is a connection: whatever came behind the proxy's words is of it. */
  readonly rest?: Buffer
}

type State = 'method' | 'credentials' | 'answer'

/**
 * A client of a SOCKS5 proxy asks it to connect to somebody. Bytes only.
 *
 * @see RFC 1928, RFC 1929
 */
export class SocksNegotiation {
  readonly #target: Target
  readonly #credentials: Credentials | undefined
  #state: State = 'method'
  #received = Buffer.alloc(0)

  /** @param credentials sent if the proxy asks for some */
  constructor(target: Target, credentials?: Credentials) {
    this.#target = target
    this.#credentials = credentials
  }

  /** What to begin with. */
  open(): Buffer {
    const methods =
      this.#credentials === undefined ? [method.none] : [method.none, method.credentials]
    return Buffer.of(VERSION, methods.length, ...methods)
  }

  /**
   * @param chunk of what the proxy says; it is kept as a copy
   * @throws {ProxyError}
   */
  receive(chunk: Uint8Array): Step {
    this.#received = Buffer.concat([this.#received, chunk])
    const length = this.#messageBytes()
    if (this.#received.length < length) return {}
    const message = this.#received.subarray(0, length)
    this.#received = this.#received.subarray(length)
    switch (this.#state) {
      case 'method':
        return { reply: this.#onMethod(message) }
      case 'credentials':
        if (message[1] !== GRANTED) throw new ProxyError('The proxy does not know this user')
        return { reply: this.#request() }
      case 'answer':
        return { rest: this.#onAnswer(message) }
    }
  }

  /** How long the next message is; more than is there, as long as that is not known. */
  #messageBytes(): number {
    if (this.#state !== 'answer') return 2
    const received = this.#received
    const behind = ANSWER_HEADER_BYTES + PORT_BYTES
    switch (received[3]) {
      case addressType.ipv4:
        return behind + 4
      case addressType.ipv6:
        return behind + 16
      case addressType.name:
        return behind + 1 + (received[ANSWER_HEADER_BYTES] ?? 0)
      case undefined:
        return behind
      default:
        // Whatever it is: what is before it says enough.
        return ANSWER_HEADER_BYTES
    }
  }

  #onMethod([version, chosen]: Buffer): Buffer {
    if (version !== VERSION) throw new ProxyError('The proxy does not speak SOCKS5')
    if (chosen === method.none) return this.#request()
    if (chosen !== method.credentials || this.#credentials === undefined) {
      throw new ProxyError('The proxy wants another way to log in')
    }
    this.#state = 'credentials'
    const fields = [this.#credentials.username, this.#credentials.password]
    const bytes = fields.map((field) => Buffer.from(field))
    return Buffer.concat([Buffer.of(CREDENTIALS_VERSION), ...bytes.flatMap(counted)])
  }

  #request(): Buffer {
    this.#state = 'answer'
    const { host, port } = this.#target
    const portBytes = Buffer.alloc(PORT_BYTES)
    portBytes.writeUInt16BE(port)
    return Buffer.concat([Buffer.of(VERSION, CONNECT, 0), addressBytes(host), portBytes])
  }

  #onAnswer([version, status, , type]: Buffer): Buffer {
    if (version !== VERSION) throw new ProxyError('The proxy does not speak SOCKS5')
    if (status !== GRANTED) {
      const reason = refusals[status! - 1] ?? `status ${status}`
      throw new ProxyError(`The proxy does not connect: ${reason}`)
    }
    if (!(Object.values(addressType) as (number | undefined)[]).includes(type)) {
      throw new ProxyError(`The proxy answers with an address of type ${type}`)
    }
    return this.#received
  }
}

const counted = (bytes: Buffer): Buffer[] => [Buffer.of(bytes.length), bytes]

function addressBytes(host: string): Buffer {
  if (isIPv4(host)) return Buffer.of(addressType.ipv4, ...host.split('.').map(Number))
  if (isIPv6(host)) {
    const bytes = ipv6Groups(host).flatMap((group) => [group >> 8, group & 0xff])
    return Buffer.of(addressType.ipv6, ...bytes)
  }
  const name = Buffer.from(host)
  if (name.length > LONGEST_NAME) throw new ProxyError('The name is too long for a proxy')
  return Buffer.concat([Buffer.of(addressType.name), ...counted(name)])
}
