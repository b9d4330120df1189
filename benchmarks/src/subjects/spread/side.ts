import { Gate } from '../gate.ts'
import { monotonicMs } from '../monotonicClock.ts'
import { POOL_SIZE } from '../preparedMessages.ts'
import { loadSubject, type Wire } from '../twoSides.ts'
import type { Link, SpreadOptions, SpreadSubject } from './spreadSubject.ts'

function linkOver({ ports }: Wire, { size }: SpreadOptions): Link {
  return { endpoint: 'inproc://bench', ports, size }
}

/** The sender starts when all sockets are there, and again when all is warm. */
function gatesOf({ gates }: Wire): { connected: Gate; warm: Gate } {
  return { connected: new Gate(gates[0]), warm: new Gate(gates[1]) }
}

/** Returns when the timed part began. */
export async function runSender(options: SpreadOptions, wire: Wire): Promise<number> {
  const subject = await loadSubject<SpreadSubject>(import.meta.url, options.subject)
  const gates = gatesOf(wire)
  const sender = await subject.openSender(linkOver(wire, options))
  await gates.connected.opened()
  await sender.send(options.warmUp)
  await gates.warm.opened()
  const startedMs = monotonicMs()
  await sender.send(options.count)
  sender.close()
  return startedMs
}

/** Returns when the last message had been received. */
export async function runReceiver(options: SpreadOptions, wire: Wire): Promise<number> {
  const subject = await loadSubject<SpreadSubject>(import.meta.url, options.subject)
  const gates = gatesOf(wire)
  const receiver = await subject.openReceiver(linkOver(wire, options))
  gates.connected.open()
  let endedMs = 0
  const warmUp = new SpreadReceipt(options.size, options.warmUp)
  const timed = new SpreadReceipt(options.size, options.count)
  // One loop for both parts: a receiver that waits on several sockets cannot be stopped between them.
  await receiver.receive((message) => {
    if (!warmUp.isComplete) {
      warmUp.take(message)
      if (warmUp.isComplete) gates.warm.open()
      return true
    }
    timed.take(message)
    if (timed.isComplete) endedMs = monotonicMs()
    return !timed.isComplete
  })
  receiver.close()
  return endedMs
}

/** Checks length and, in sum, the first bytes of messages that come over several sockets in any order. */
class SpreadReceipt {
  readonly #size: number
  #left: number
  #checksum: number

  constructor(size: number, count: number) {
    this.#size = size
    this.#left = count
    this.#checksum = 0
    for (let n = 0; n < count; n++) this.#checksum += n % POOL_SIZE
  }

  get isComplete(): boolean {
    return this.#left === 0
  }

  take(message: Uint8Array): void {
    if (message.length !== this.#size) throw new Error(`a message of ${message.length} bytes`)
    this.#checksum -= message[0]!
    if (--this.#left === 0 && this.#checksum !== 0) throw new Error('messages lost or doubled')
  }
}
