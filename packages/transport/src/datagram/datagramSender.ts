import type { Socket as UdpSocket } from 'node:dgram'
import { faultOf } from '../fault.ts'
import type { Session } from '../engine/session.ts'
import type { DatagramForm } from './datagramForm.ts'

/** So many datagrams are given to the system in one turn of the event loop, and wait there at most. */
const MOST_SENDING = 128

/** What comes of sending. */
export interface SenderEvents {
  /** The system does not take a datagram, and it is lost. */
  failed(error: Error): void
  /** The system has taken, or refused, all that it was given. */
  idle(): void
}

/** Takes a socket's messages out of its pipe, and gives the system datagrams for them. */
export class DatagramSender {
  readonly #udp: UdpSocket
  readonly #session: Session
  readonly #form: Pick<DatagramForm, 'datagramOf'>
  readonly #events: SenderEvents
  readonly #outbox: Buffer[][] = []
  #sending = 0
  #isStopped = false

  constructor(
    udp: UdpSocket,
    session: Session,
    form: Pick<DatagramForm, 'datagramOf'>,
    events: SenderEvents,
  ) {
    this.#udp = udp
    this.#session = session
    this.#form = form
    this.#events = events
  }

  /** Whether the system has taken all. */
  get isIdle(): boolean {
    return this.#sending === 0
  }

  /** Nothing more is sent. */
  stop(): void {
    this.#isStopped = true
  }

  /** Sends what the pipe has. */
  pump(most = MOST_SENDING): void {
    while (this.#sending < most && !this.#isStopped) {
      const { pipe } = this.#session
      if (pipe === undefined) return
      if (!pipe.canRead()) {
        if (pipe.endIfDrained() || pipe.parkReading()) return
        continue
      }
      pipe.readMany(this.#outbox, Math.min(most - this.#sending, MOST_SENDING))
      for (const message of this.#outbox.splice(0)) this.#send(message)
    }
  }

  #send(message: Buffer[]): void {
    const datagram = this.#form.datagramOf(message)
    if (datagram === undefined || this.#isStopped) return
    this.#sending++
    try {
      this.#udp.send(datagram.parts, datagram.port, datagram.host, this.#sent)
    } catch (thrown) {
      this.#sending--
      this.#events.failed(faultOf(thrown))
    }
  }

  readonly #sent = (error: Error | null): void => {
    this.#sending--
    if (error !== null) this.#events.failed(error)
    if (this.#sending > 0) return
    this.#events.idle()
    // In the next turn: the system may take them at once, again and again.
    setImmediate(this.#pumpOn)
  }

  readonly #pumpOn = (): void => this.pump()
}
