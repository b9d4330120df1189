import { context, Pull, Push } from '@ringpost/transport'
import { expect, it } from 'vitest'
import { FreePaths, FreePorts } from '../support/freeEndpoints.ts'
import { Ledger } from '../support/ledger.ts'
import { PeerProcess } from '../support/peerProcess.ts'
import { announcedSeed, Random } from '../support/random.ts'
import { frameSizes, stamped } from '../support/stamped.ts'

/** How long the load lasts. */
const seconds = Number(process.env['RINGPOST_SOAK_SECONDS'] ?? 20)
const SENDERS = 3
const LARGEST_FRAME = 1 << 18
/** Few, for they may be large: full queues are to hold some tens of megabytes. */
const MARK = 100

/** Hands everything on that it gets, for each pair of endpoints, and tells how much memory it has. */
const forwarder = `
  for (const { front, back } of data.ends) {
    const pull = new ringpost.Pull({ receiveHighWaterMark: data.mark })
    const push = new ringpost.Push({ sendHighWaterMark: data.mark })
    await pull.bind(front)
    await push.bind(back)
    void (async () => {
      for await (const message of pull) await push.send(message)
    })()
  }
  console.log('listening')
  setInterval(() => {
    const usedBytes = ringpost.context.memory.usedBytes
    console.log(JSON.stringify({ residentBytes: process.memoryUsage.rss(), usedBytes }))
  }, 500)
`

interface Memory {
  readonly residentBytes: number
  readonly usedBytes: number
}

const ownMemory = (): Memory => ({
  residentBytes: process.memoryUsage.rss(),
  usedBytes: context.memory.usedBytes,
})

/** Messages of several senders to the other process and back. */
class Load {
  readonly #random: Random
  readonly #pull = new Pull({ receiveHighWaterMark: MARK })
  readonly #ledger = new Ledger()
  readonly #lastOf = new Map<number, number>()
  readonly #sending: Promise<void>[] = []
  #bytes = 0
  #isOver = false

  constructor(front: string, back: string, seed: number) {
    this.#random = new Random(seed)
    this.#pull.connect(back)
    for (let sender = 0; sender < SENDERS; sender++) this.#sending.push(this.#send(sender, front))
  }

  async #send(sender: number, front: string): Promise<void> {
    const push = new Push({ sendHighWaterMark: MARK })
    push.connect(front)
    let sequence = 0
    for (; !this.#isOver; sequence++) {
      await push.send(stamped(sender, sequence, frameSizes(this.#random, LARGEST_FRAME)))
    }
    this.#lastOf.set(sender, sequence)
    await push.send(stamped(sender, sequence, [0]))
    push.close()
  }

  /** Receives until all is there that was sent. */
  async receive(): Promise<void> {
    while (!this.#isComplete) {
      const message = await this.#pull.receive()
      this.#ledger.enter(message)
      for (const frame of message) this.#bytes += frame.length
    }
    await Promise.all(this.#sending)
    this.#pull.close()
  }

  get #isComplete(): boolean {
    const ends = [...this.#lastOf]
    return (
      ends.length === SENDERS &&
      ends.every(([sender, last]) => this.#ledger.lastOf(sender) === last)
    )
  }

  finish(): void {
    this.#isOver = true
  }

  /** What was sent and what has arrived. */
  get counts(): { sent: number; received: number; bytes: number } {
    let sent = 0
    for (const last of this.#lastOf.values()) sent += last + 1
    return { sent, received: this.#ledger.count, bytes: this.#bytes }
  }
}

/** Memory that grows goes on growing: the last quarter has no more than the second one. */
function expectFlat(samples: readonly Memory[], whose: string): void {
  const quarter = Math.floor(samples.length / 4)
  const most = (from: number, to: number, what: keyof Memory): number =>
    Math.max(...samples.slice(from, to).map((sample) => sample[what]))
  for (const [what, slack] of [
    ['residentBytes', 96 * 2 ** 20],
    ['usedBytes', 48 * 2 ** 20],
  ] as const) {
    const early = most(quarter, 2 * quarter, what)
    const late = most(samples.length - quarter, samples.length, what)
    console.log(
      `${whose}: ${what} ${Math.round(early / 2 ** 20)}, ${Math.round(late / 2 ** 20)} MiB`,
    )
    expect(late - early, `${what} of ${whose}`).toBeLessThan(slack)
  }
}

it(
  `full load for ${seconds} s over tcp and ipc, there and back: nothing is lost, memory is flat`,
  async () => {
    const seed = announcedSeed('soak')
    const [ports, paths] = [await FreePorts.hold(2), new FreePaths()]
    const ends = [ports, paths].map((free) => ({ front: free.endpoint(), back: free.endpoint() }))
    const peer = new PeerProcess(forwarder, { ends, mark: MARK })
    expect(await peer.line()).toBe('listening')
    const loads = ends.map(({ front, back }, index) => new Load(front, back, seed + index))
    const receiving = Promise.all(loads.map((load) => load.receive()))
    const [here, there]: [Memory[], Memory[]] = [[], []]
    const end = performance.now() + seconds * 1000
    while (performance.now() < end) {
      there.push(JSON.parse(await peer.line()) as Memory)
      here.push(ownMemory())
    }
    for (const load of loads) load.finish()
    await receiving
    await peer.kill()
    paths.release()
    for (const { counts } of loads) {
      expect(counts.received).toBe(counts.sent)
      console.log(`${counts.sent} messages, ${Math.round(counts.bytes / 2 ** 20)} MiB each way`)
    }
    expectFlat(here, 'this process')
    expectFlat(there, 'the other process')
  },
  (seconds + 120) * 1000,
)
