/** The process whose actor is called; it says where. */
import { createSystem, defineActor } from '@ringpost/actors'
import { readOptions } from '../twoSides.ts'

/** Of both sides. */
export interface TcpCallOptions {
  /** As of `listen` and `connect`. */
  readonly ioThread: boolean
}

/** More than are ever on their way. */
const MAILBOX = 16_384

export const called = defineActor(
  import.meta.url,
  'called',
  () => {
    let count = 0
    return {
      put(value: unknown) {
        if (value === undefined) throw new Error('a message without its value')
        count++
      },
      seen: () => count,
      /** How many came; begins to count anew. */
      begin() {
        const before = count
        count = 0
        return before
      },
      echo: (value: number) => value,
    }
  },
  { mailbox: MAILBOX },
)

const { ioThread } = readOptions<TcpCallOptions>()
const system = await createSystem({ hosts: 0 })
system.expose('called', await system.spawn(called))
const { endpoint } = await system.listen('tcp://127.0.0.1:*', { ioThread })
process.send!(endpoint)
process.once('disconnect', () => process.exit())
