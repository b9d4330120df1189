import type { Socket as UdpSocket } from 'node:dgram'
import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import { SocketError } from '@ringpost/core'
import type { Site, SocketSettings } from '@ringpost/core/internal'
import { withErrno } from '../engine/events.ts'
import { awaitedPipe, giveUpAwaited } from '../engine/pipes.ts'
import { Session, type SessionEngine } from '../engine/session.ts'
import { stranger } from '../engine/stranger.ts'
import { faultOf } from '../fault.ts'
import type { Running } from '../stream/carrier.ts'
import { Reconnection } from '../stream/reconnection.ts'
import { DatagramSender } from './datagramSender.ts'
import { datagramsTo } from './groupDatagrams.ts'
import type { UdpTarget } from './udpAddress.ts'
import { openUdp, sendToGroup } from './udpSocket.ts'

/**
 * Sends a RADIO's messages to one place. What it sends may get lost, and nobody says so; but where the
 * system itself refuses it, or does not know the name, it begins anew after a while, and what is sent
 * meanwhile waits, up to the high-water mark.
 */
export class DatagramDialer implements Running, SessionEngine {
  readonly endpoint: string
  readonly done: Promise<void>
  readonly #site: Site
  /** As they were when it was connected. */
  readonly #options: SocketSettings
  readonly #pipeName: string
  readonly #target: UdpTarget
  readonly #session = new Session()
  readonly #reconnection: Reconnection
  #udp: UdpSocket | undefined
  #sender: DatagramSender | undefined
  #timer: NodeJS.Timeout | undefined
  #lingering: NodeJS.Timeout | undefined
  /** The socket wants it no more. */
  #isLeaving = false
  #isOver = false
  #resolveDone!: () => void

  /** @param pipeName where the socket's pipe waits */
  constructor(site: Site, endpoint: string, pipeName: string, target: UdpTarget) {
    this.#site = site
    this.#options = site.options
    this.endpoint = endpoint
    this.#pipeName = pipeName
    this.#target = target
    this.done = new Promise((resolve) => {
      this.#resolveDone = resolve
    })
    this.#session.join(this)
    this.#reconnection = new Reconnection({
      intervalMs: this.#options.reconnectInterval,
      mostMs: this.#options.reconnectMaxInterval,
    })
    // Not before the caller knows this dialer, and the socket its pipe.
    this.#timer = setTimeout(() => this.#begin(), 0).unref()
  }

  close(lingerMs: number): void {
    if (this.#isLeaving || this.#isOver) return
    this.#isLeaving = true
    if (lingerMs === 0 || !this.#isWanted()) {
      this.#end()
      return
    }
    // What is still to be sent keeps the process alive.
    this.#timer?.ref()
    this.#udp?.ref()
    if (lingerMs > 0) this.#lingering = setTimeout(() => this.#end(), lingerMs)
  }

  abandon(): void {
    // What is still to be sent may linger.
  }

  /** Whether there may be something left to be sent. */
  #isWanted(): boolean {
    return this.#session.pipe !== undefined || this.#site.inproc.isAwaited(this.#pipeName)
  }

  #begin(): void {
    if (this.#isOver) return
    this.#tell('connect:delay')
    const { host } = this.#target
    if (isIP(host) !== 0) {
      this.#open(host)
      return
    }
    // Of version 6 only when it is asked for, as in libzmq.
    lookup(host, { family: this.#options.ipv6 ? 0 : 4 }, (error, address) => {
      if (this.#isOver) return
      if (error === null) this.#open(address)
      else this.#refused()
    })
  }

  /** A timer has called, or the system: nobody there could catch what is thrown. */
  #open(address: string): void {
    try {
      this.#openAt(address)
    } catch (thrown) {
      this.#closeUdp()
      this.#refused(thrown)
    }
  }

  #openAt(address: string): void {
    this.#udp = this.#openUdp(address)
    this.#tell('connect')
    const { pipe } = this.#session
    const taken = pipe ?? awaitedPipe(this.#site, this.#pipeName, stranger, this.#session)
    if (taken === undefined) {
      // The socket has given it up before anything was there.
      this.#end()
      return
    }
    this.#sender = this.#newSender(this.#udp, address)
    if (pipe === undefined) this.#session.pipe = taken
    this.#sender?.pump()
  }

  #openUdp(address: string): UdpSocket {
    const { multicast } = this.#target
    const { multicastHops, multicastLoop } = this.#options
    const family = isIP(address) === 6 ? 6 : 4
    const anywhere = {
      host: family === 6 ? '::' : '0.0.0.0',
      family,
      port: 0,
      isShared: false,
    } as const
    const udp = openUdp(anywhere, (opened) => {
      if (multicast !== undefined) sendToGroup(opened, multicast, multicastHops, multicastLoop)
    })
    // A socket that is only connected keeps no process alive.
    if (!this.#isLeaving) udp.unref()
    udp.on('error', () => this.#failed())
    return udp
  }

  #newSender(udp: UdpSocket, address: string): DatagramSender {
    const sender = new DatagramSender(udp, this.#session, datagramsTo(address, this.#target.port), {
      failed: () => {
        if (sender === this.#sender) this.#failed()
      },
      idle: () => {
        if (sender !== this.#sender) return
        this.#reconnection.succeeded()
        if (this.#session.pipe === undefined) this.#end()
      },
    })
    return sender
  }

  pipeReadable(): void {
    this.#sender?.pump()
  }

  pipeWritable(): void {
    // Nothing comes from there.
  }

  failed(): void {
    this.#failed()
  }

  /** The socket has closed its end, and all was taken out of it. */
  pipeEnded(): void {
    this.#isLeaving = true
    if (this.#sender?.isIdle !== false) this.#end()
  }

  /** There is nothing to send with. Why the system refuses does not matter: it is tried again. */
  #refused(reason?: unknown): void {
    if (reason === undefined || reason instanceof SocketError) {
      this.#tell('close')
    } else {
      const error = withErrno(faultOf(reason))
      this.#site.tell({ type: 'close:error', address: this.endpoint, error })
    }
    this.#retry()
  }

  /** The system does not let datagrams go there: there may be no way now. */
  #failed(): void {
    this.#closeUdp()
    this.#retry()
  }

  #retry(): void {
    const interval = this.#isWanted() ? this.#reconnection.nextMs() : undefined
    if (interval === undefined) {
      this.#end()
      return
    }
    this.#site.tell({ type: 'connect:retry', address: this.endpoint, interval })
    this.#timer = setTimeout(() => this.#begin(), interval)
    if (!this.#isLeaving) this.#timer.unref()
  }

  #closeUdp(): void {
    if (this.#udp === undefined) return
    this.#sender?.stop()
    this.#sender = undefined
    this.#udp.close()
    this.#udp = undefined
    this.#tell('disconnect')
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#timer)
    clearTimeout(this.#lingering)
    this.#closeUdp()
    if (this.#session.pipe !== undefined) this.#session.close()
    else if (this.#isWanted()) giveUpAwaited(this.#site, this.#pipeName, this.endpoint)
    this.#resolveDone()
  }

  #tell(type: 'connect' | 'connect:delay' | 'close' | 'disconnect'): void {
    this.#site.tell({ type, address: this.endpoint })
  }
}
