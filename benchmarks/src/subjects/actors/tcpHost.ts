/** The process that calls an actor of another over tcp: tells, or asks. Prints the sample. */
import { createSystem, type ActorRef } from '@ringpost/actors'
import { monotonicMs } from '../monotonicClock.ts'
import { saidBy, startPeer } from '../tcp/twoProcesses.ts'
import { readOptions } from '../twoSides.ts'
import { measureAsks, type AskOptions } from './asking.ts'
import type { called, TcpCallOptions } from './tcpPeer.ts'
import { valueOf, type What } from './values.ts'
import { WARM_UP_MS } from './warmUp.ts'

export type TcpAskOptions = TcpCallOptions & AskOptions

export interface TcpTellOptions extends TcpCallOptions {
  readonly what: What
  /** Timed, after a warm-up. */
  readonly messages: number
}

/** After so many tells one asks how many came, and waits for the answer to the ask before. */
const TELLS_PER_ASK = 2000

const options = readOptions<TcpTellOptions | TcpAskOptions>()
const { ioThread } = options
const peer = startPeer(import.meta.url, './tcpPeer.js', { ioThread } satisfies TcpCallOptions)
const endpoint = (await saidBy(peer)) as string
const system = await createSystem({ hosts: 0 })
await system.connect(endpoint, { ioThread })
const ref = system.ref<typeof called>(`${endpoint}/called`).with({ timeoutMs: Infinity })
const sample =
  'messages' in options
    ? await measureTells(ref, options)
    : { medianNanoseconds: await measureNanoseconds(ref, options) }
console.log(JSON.stringify(sample))
process.exit()

async function measureNanoseconds(
  ref: ActorRef<typeof called>,
  options: AskOptions,
): Promise<number> {
  return Math.round((await measureAsks((value) => ref.ask.echo(value), options)) * 1e6)
}

async function measureTells(
  ref: ActorRef<typeof called>,
  { what, messages }: TcpTellOptions,
): Promise<object> {
  const value = valueOf(what)
  /** Tells as long as there is more to tell; settles when all of it was handled. */
  const tellAll = async (hasMore: (told: number) => boolean): Promise<void> => {
    let told = 0
    let earlier: Promise<number> = Promise.resolve(0)
    for (; hasMore(told); told += TELLS_PER_ASK) {
      for (let n = 0; n < TELLS_PER_ASK; n++)
        if (!ref.tell.put(value)) throw new Error(`message ${told + n} was not taken`)
      const seen = ref.ask.seen()
      await earlier
      earlier = seen
    }
    const seen = await ref.ask.begin()
    if (seen !== told) throw new Error(`${seen} of ${told} messages came`)
  }
  const warmUntil = monotonicMs() + WARM_UP_MS
  await tellAll(() => monotonicMs() < warmUntil)
  const begunMs = monotonicMs()
  await tellAll((told) => told < messages)
  return { messages, nanoseconds: Math.round((monotonicMs() - begunMs) * 1e6) }
}
