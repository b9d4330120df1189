import type { Gate } from '../gate.ts'
import { monotonicMs } from '../monotonicClock.ts'
import { POOL_SIZE } from '../preparedMessages.ts'
import type { Link, SpreadOptions, SpreadSubject } from './spreadSubject.ts'

/** The gates of a spread: the sender starts when all sockets are there, and again when all is warm. */
export interface Gates {
  readonly connected: Gate
  readonly warm: Gate
}

/**
 * Loads the subject that the options name. The host does so before it starts threads, as a program
 * does that uses the library in its main thread.
 */
export async function load(options: SpreadOptions): Promise<SpreadSubject> {
  const module = (await import(`./${options.subject}.js`)) as { subject: SpreadSubject }
  return module.subject
}

/** Returns when the timed part began. */
export async function runSender(options: SpreadOptions, link: Link, gates: Gates): Promise<number> {
  const sender = await (await load(options)).openSender(link)
  await gates.connected.opened()
  await sender.send(options.warmUp)
  await gates.warm.opened()
  const startedMs = monotonicMs()
  await sender.send(options.count)
  sender.close()
  return startedMs
}

/** Returns when the last message had been received. */
export async function runReceiver(
  options: SpreadOptions,
  link: Link,
  gates: Gates,
): Promise<number> {
  const receiver = await (await load(options)).openReceiver(link)
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
