import type { End, Message, Options } from './library.ts'

const GREETING = [Buffer.from('are you there?')]
const LAST_GREETING = [Buffer.from('you are there')]

/**
 * What a PUB is opened with: it drops nothing. While a subscriber's process is slow to tell that it
 * has been greeted, more greetings may be on their way than a PUB keeps by default, and it would
 * drop the last one.
 */
export const DROPS_NOTHING: Options = { sendHighWaterMark: 0 }

/**
 * Resolves when a subscriber that wants everything receives it: a PUB does not tell who has
 * subscribed.
 *
 * @param publisher opened with {@link DROPS_NOTHING}
 * @returns what it has received so far
 */
export async function untilSubscribed(publisher: End, subscriber: End): Promise<Message[]> {
  let isThere = false
  const receiving = subscriber.receive().finally(() => (isThere = true))
  const greeting = (async () => {
    while (!isThere) {
      await publisher.send(GREETING)
      await new Promise(setImmediate)
    }
    await publisher.send(LAST_GREETING)
  })()
  const [first] = await Promise.all([receiving, greeting])
  const received = [first]
  while (!received.at(-1)![0]!.equals(LAST_GREETING[0]!)) received.push(await subscriber.receive())
  return received
}
