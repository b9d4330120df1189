import type { RemoteInfo, Socket as UdpSocket } from 'node:dgram'
import type { Site } from '@ringpost/core/internal'
import { withErrno } from '../engine/events.ts'
import { faultOf } from '../fault.ts'
import { acceptedPipe } from '../engine/pipes.ts'
import { Session, type SessionEngine } from '../engine/session.ts'
import { stranger } from '../engine/stranger.ts'
import type { Running } from '../stream/carrier.ts'
import type { DatagramForm } from './datagramForm.ts'
import { DatagramSender } from './datagramSender.ts'
import type { UdpBinding } from './udpAddress.ts'
import { joinGroup, openUdp } from './udpSocket.ts'

/** Where datagrams come in, and for DGRAM go out; one pipe to the socket carries them all. */
export class DatagramListener implements Running, SessionEngine {
  readonly endpoint: string
  readonly done: Promise<void>
  readonly #udp: UdpSocket
  readonly #site: Site
  readonly #form: DatagramForm
  readonly #session = new Session()
  readonly #sender: DatagramSender
  readonly #mostBytes: number
  #isClosing = false
  #isClosed = false

  /** @throws {SocketError} `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`, `ENODEV` */
  static open(binding: UdpBinding, site: Site, form: DatagramForm): DatagramListener {
    const { multicast } = binding
    const isShared = multicast !== undefined
    const udp = openUdp({ ...binding, isShared }, (opened) => {
      if (multicast !== undefined) joinGroup(opened, multicast, site.options.multicastLoop)
    })
    return new DatagramListener(udp, `${binding.name}:${udp.address().port}`, site, form)
  }

  private constructor(udp: UdpSocket, endpoint: string, site: Site, form: DatagramForm) {
    this.#udp = udp
    this.endpoint = endpoint
    this.#site = site
    this.#form = form
    const { maxMessageSize } = site.options
    this.#mostBytes = maxMessageSize < 0 ? Infinity : maxMessageSize
    this.#sender = new DatagramSender(udp, this.#session, form, {
      // Lost as the network may lose it; where it was for, others are not.
      failed: () => undefined,
      idle: () => this.#closeWhenSent(),
    })
    this.done = new Promise((resolve) => udp.once('close', resolve))
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
    this.#sender.pump()
  }

  abandon(): void {
    // Nobody says who it is.
  }

  close(): void {
    if (this.#isClosing) return
    this.#site.tell({ type: 'close', address: this.endpoint })
    this.#sender.pump(Infinity)
    this.#end()
    this.#session.close()
  }

  // ---- from the network to the socket

  readonly #arrived = (data: Buffer, from: RemoteInfo): void => {
    try {
      this.#deliver(data, from)
    } catch (thrown) {
      this.failed(faultOf(thrown))
    }
  }

  /** A datagram may be lost by it, and no more: there is no connection that could end. */
  failed(error: Error): void {
    const told = withErrno(error)
    this.#site.tell({ type: 'accept:error', address: this.endpoint, error: told })
  }

  #deliver(data: Buffer, from: RemoteInfo): void {
    // What the socket said before this was sent comes before it.
    this.#sender.pump()
    const { pipe } = this.#session
    if (pipe === undefined) return
    const message = this.#form.messageOf(data, from)
    // Nothing can hold up who sends: what there is no room for is lost.
    if (message === undefined || message.at(-1)!.length > this.#mostBytes || !pipe.canWrite()) {
      return
    }
    pipe.write(message)
    pipe.flush()
  }

  pipeWritable(): void {
    // What comes next finds the room.
  }

  // ---- from the socket to the network

  pipeReadable(): void {
    this.#sender.pump()
  }

  pipeEnded(): void {
    this.#end()
  }

  #end(): void {
    this.#isClosing = true
    this.#sender.stop()
    this.#closeWhenSent()
  }

  #closeWhenSent(): void {
    if (!this.#isClosing || this.#isClosed || !this.#sender.isIdle) return
    this.#isClosed = true
    this.#udp.close()
  }
}
