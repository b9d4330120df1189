import { Dealer } from '@ringpost/transport'
import { expect, it } from 'vitest'
import { FreePorts } from '../../support/freeEndpoints.ts'
import { Ledger } from '../../support/ledger.ts'
import { PeerProcess } from '../../support/peerProcess.ts'
import { announcedSeed, Random } from '../../support/random.ts'
import { frameSizes, stamped } from '../../support/stamped.ts'

const server = `
  const router = new ringpost.Router({ handover: true })
  await router.bind(data.endpoint)
  console.log('listening')
  const asked = new ledger.Ledger()
  for await (const [id, ...message] of router) {
    asked.enter(message)
    await router.send([id, ...message])
  }
`

/** One that asks without waiting for answers, through all that happens to who answers. */
class Client {
  readonly #dealer: Dealer
  readonly #name: number
  readonly #random: Random
  readonly #answered = new Ledger()
  #sequence = 0
  #isOver = false
  #notify: () => void = () => undefined
  readonly done: Promise<unknown>

  constructor(name: number, endpoint: string, seed: number) {
    this.#name = name
    this.#random = new Random(seed)
    this.#dealer = new Dealer({ routingId: `client ${name}`, reconnectInterval: 5, linger: 0 })
    this.#dealer.connect(endpoint)
    this.done = Promise.all([this.#ask(), this.#hear()])
  }

  async #ask(): Promise<void> {
    while (!this.#isOver) {
      await this.#dealer.send(
        stamped(this.#name, this.#sequence++, frameSizes(this.#random, 1 << 12)),
      )
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#dealer.close()
  }

  async #hear(): Promise<void> {
    for await (const message of this.#dealer) {
      this.#answered.enter(message)
      this.#notify()
    }
  }

  /** Resolves when what is asked from now on is answered again. */
  async isServed(): Promise<void> {
    const from = this.#sequence
    while (this.#answered.lastOf(this.#name) < from) {
      await new Promise<void>((resolve) => (this.#notify = resolve))
    }
  }

  get count(): number {
    return this.#answered.count
  }

  finish(): void {
    this.#isOver = true
  }
}

/** A server that is killed and started again so often, while clients use it. */
export function describeRestarts(times: number): void {
  it(
    `clients go on with a server whose process is killed ${times} times`,
    async () => {
      const seed = announcedSeed('restarts')
      const ports = await FreePorts.hold(1)
      const endpoint = ports.endpoint()
      const clients = [1, 2, 3].map((name) => new Client(name, endpoint, seed + name))
      for (let round = 0; round <= times; round++) {
        const process = new PeerProcess(server, { endpoint })
        expect(await process.line()).toBe('listening')
        await Promise.all(clients.map((client) => client.isServed()))
        if (round === times) {
          for (const client of clients) client.finish()
          await Promise.all(clients.map(({ done }) => done))
        }
        await process.kill()
      }
      for (const client of clients) expect(client.count).toBeGreaterThan(times)
    },
    // A process takes seconds to start where the cores are busy.
    (120 + 8 * times) * 1000,
  )
}
