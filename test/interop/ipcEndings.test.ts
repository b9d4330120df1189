import { Context, context as ownThreads, Pull } from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import { Ledger } from '../support/ledger.ts'
import { runWith } from '../support/program.ts'
import { stamped } from '../support/stamped.ts'
import { libraries, Opened, pairs } from './libraries.ts'

/**
 * Over paths, libzmq loses what its receiver has no room for when the sender closes.
 *
 * @see https://github.com/zeromq/libzmq/issues/4660
 */

const places = [
  { place: 'threads of their own', context: ownThreads },
  { place: 'the loop of the sockets', context: new Context({ ioThreads: 0 }) },
]

const opened = new Opened()
afterEach(() => opened.close())

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Messages that a receiver has room for; the system has it for some 200 KB more. */
const mark = 10

describe.each(places)('over ipc, with I/O in $place,', ({ context }) => {
  const optionsOf = (library: keyof typeof libraries): object =>
    library === 'Ringpost' ? { context } : {}

  it.each(pairs)(
    'a sender of %s that closes loses nothing to a slow receiver of %s that is at its mark',
    async (sending, receiving) => {
      const { Push } = libraries[sending]
      const { Pull: Receiver } = libraries[receiving]
      const pull = opened.add(new Receiver({ ...optionsOf(receiving), receiveHighWaterMark: mark }))
      await pull.bind('ipc://*')
      const push = new Push({ ...optionsOf(sending), sendHighWaterMark: 0 })
      push.connect(pull.lastEndpoint!)
      const count = 2000
      for (let n = 0; n < count; n++) await push.send(stamped(1, n, [1000]))
      push.close()
      const ledger = new Ledger()
      for (let n = 0; n < count; n++) {
        ledger.enter(await pull.receive())
        await nextTurn()
      }
      expect(ledger.lastOf(1)).toBe(count - 1)
    },
  )

  it('a sender whose process has ended loses nothing to a receiver that begins later', async () => {
    const pull = opened.add(new Pull({ context, receiveHighWaterMark: mark }))
    await pull.bind('ipc://*')
    const outcome = await runWith(
      '@ringpost/transport',
      `
      const { Push } = await import(library)
      const push = new Push()
      push.connect(${JSON.stringify(pull.lastEndpoint)})
      for (let n = 0; n < 100; n++) await push.send([String(n), Buffer.alloc(1000)])
      `,
    )
    expect(outcome).toMatchObject({ code: 0, errors: '' })
    for (let n = 0; n < 100; n++) expect(String((await pull.receive())[0])).toBe(String(n))
  })
})
