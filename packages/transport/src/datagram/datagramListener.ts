import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIP } from 'node:net'
import type { Site } from '@ringpost/core/internal'
import { withErrno } from '../engine/events.ts'
import { acceptedPipe } from '../engine/pipes.ts'
import { Session, type SessionEngine } from '../engine/session.ts'
import { stranger } from '../engine/stranger.ts'
import type { Running } from '../stream/carrier.ts'
import { systemError } from '../stream/listenAt.ts'
import type { LocalAddress } from '../stream/tcpAddress.ts'

/** So many datagrams may be on their way to the system. */
const MOST_SENDING = 64

/** The last colon parts host and port; an address of version 6 may stand in brackets. */
const addressForm = /^\[?(?<host>.+?)\]?:(?<port>\d{1,5})$/

/** Where datagrams come in and go out; one pipe to the socket carries them all. */
export class DatagramListener implements Running, SessionEngine {
  readonly endpoint: string
  readonly done: Promise<void>
  readonly #udp: UdpSocket
  readonly #site: Site
  readonly #session = new Session()
  readonly #outbox: Buffer[][] = []
  #sending = 0
  #isClosing = false

  /** Rejects with SocketError: `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`. */
  static async open(local: LocalAddress, site: Site): Promise<DatagramListener> {
    const udp = createSocket(local.family === 6 ? 'udp6' : 'udp4')
    try {
      udp.bind({ address: local.host, port: local.port })
      await once(udp, 'listening')
    } catch (error) {
      udp.close()
      throw systemError(error as NodeJS.ErrnoException)
    }
    return new DatagramListener(udp, site)
  }

  private constructor(udp: UdpSocket, site: Site) {
    this.#udp = udp
    this.#site = site
    this.done = once(udp, 'close').then(() => undefined)
    const { address, port } = udp.address()
    this.endpoint = `udp://${hostAndPort(address, port)}`
    // A socket that only listens keeps no process alive.
    udp.unref()
    udp.on('message', this.#arrived)
    udp.on('error', (error) => {
      site.tell({ type: 'accept:error', address: this.endpoint, error: withErrno(error) })
    })
    site.tell({ type: 'bind', address: this.endpoint })
    this.#session.join(this)
    const pipe = acceptedPipe(site, stranger, this.#session)
    if (pipe !== undefined) this.#session.pipe = pipe
    this.#pump()
  }

  abandon(): void {
    // Nobody says who it is.
  }

  close(): void {
    this.#site.tell({ type: 'close', address: this.endpoint })
    this.#pump(Infinity)
    this.#isClosing = true
    this.#session.close()
    this.#closeWhenSent()
  }

  // ---- from the network to the socket

  readonly #arrived = (data: Buffer, from: RemoteInfo): void => {
    const { pipe } = this.#session
    // Nothing can hold up who sends: what there is no room for is lost.
    if (pipe === undefined || !pipe.canWrite()) return
    pipe.write([Buffer.from(hostAndPort(from.address, from.port)), data])
    pipe.flush()
  }

  pipeWritable(): void {
    // What comes next finds the room.
  }

  // ---- from the socket to the network

  pipeReadable(): void {
    this.#pump()
  }

  #pump(most = MOST_SENDING): void {
    while (this.#sending < most && !this.#isClosing) {
      const { pipe } = this.#session
      if (pipe === undefined) return
      if (!pipe.canRead()) {
        if (pipe.endIfDrained() || pipe.parkReading()) return
        continue
      }
      pipe.readMany(this.#outbox, MOST_SENDING)
      for (const message of this.#outbox.splice(0)) this.#send(message)
    }
  }

  #send([address, data]: Buffer[]): void {
    const { host, port } = addressForm.exec(String(address))?.groups ?? {}
    // What cannot be delivered is lost, as if the network had lost it; names are not looked up.
    if (host === undefined || isIP(host) === 0 || !(Number(port) > 0 && Number(port) < 65_536))
      return
    this.#sending++
    this.#udp.send(data!, Number(port), host, () => {
      this.#sending--
      if (this.#isClosing) this.#closeWhenSent()
      else this.#pump()
    })
  }

  pipeEnded(): void {
    this.#isClosing = true
    this.#closeWhenSent()
  }

  #closeWhenSent(): void {
    if (this.#sending > 0) return
    this.#sending = Infinity
    this.#udp.close()
  }
}

const hostAndPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
