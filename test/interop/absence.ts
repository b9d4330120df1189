import { describe, expect, it } from 'vitest'
import { runWith } from '../support/program.ts'

/** A socket whose thread does nothing for it for so long, and heartbeats in milliseconds. */
interface Absence {
  readonly seconds: number
  readonly interval: number
  readonly timeout: number
}

/** How a thread keeps away from its sockets until the peer has said that it is done. */
const ways = {
  computes: 'while (Atomics.load(done, 0) === 0);',
  'is blocked in a call': 'signal.receiveSync()',
} as const

/** The mark is 1000, and who is at it is not read from: its signs of life are not, either. */
const COUNT = 900

/** That a thread for I/O accepts, answers heartbeats and takes messages in for one that does not. */
export function describeAbsence({ seconds, interval, timeout }: Absence): void {
  describe(`a thread that does nothing for its sockets for ${seconds} seconds`, () => {
    it.each(Object.entries(ways))(
      'and %s accepts, keeps its connection, and has what was sent',
      async (_, way) => {
        const outcome = await runWith(
          '@ringpost/transport',
          `
          const { Pair, Pull } = await import(library)
          const pull = new Pull()
          pull.bindSync('tcp://127.0.0.1:*')
          const signal = new Pair()
          signal.bindSync('inproc://signal')
          const done = new Int32Array(new SharedArrayBuffer(4))
          const peer = thread(\`import(library).then(async ({ Pair, Push }) => {
            const push = new Push({
              heartbeatInterval: ${interval},
              heartbeatTimeout: ${timeout},
            })
            push.connect(workerData.endpoint)
            while ((await push.events.receive()).type !== 'handshake');
            const lost = push.events.receive()
            for (let n = 0; n < ${COUNT}; n++) await push.send(String(n))
            const pause = new Promise((resolve) =>
              setTimeout(resolve, ${seconds * 1000}, { type: 'nothing' }),
            )
            console.log((await Promise.race([lost, pause])).type)
            lost.catch(() => undefined)
            push.close()
            Atomics.store(workerData.done, 0, 1)
            const signal = new Pair()
            signal.connect('inproc://signal')
            signal.sendSync('done')
          })\`, { workerData: { endpoint: pull.lastEndpoint, done } })
          ${way}
          let sum = 0
          for (let n = 0; n < ${COUNT}; n++) sum += Number(pull.receiveSync({ timeout: 30_000 }))
          console.log(sum)
          await once(peer, 'exit')
          `,
        )
        // Two threads have printed.
        const lines = outcome.lines.toSorted()
        const sum = (COUNT * (COUNT - 1)) / 2
        expect({ ...outcome, lines }).toEqual({
          errors: '',
          code: 0,
          signal: null,
          lines: [String(sum), 'nothing'],
        })
      },
    )
  })
}
