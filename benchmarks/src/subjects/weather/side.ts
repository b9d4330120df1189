import { Buffer } from 'node:buffer'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Gate } from '../gate.ts'
import { monotonicMs } from '../monotonicClock.ts'
import { loadSubject, type Wire } from '../twoSides.ts'
import { openUpdates, WANTED_PREFIX } from './updates.ts'
import {
  END,
  HELLO,
  type Link,
  type PublishingSide,
  type WeatherCounts,
  type WeatherOptions,
  type WeatherSubject,
} from './weatherSubject.ts'

export interface PublisherResult {
  readonly startedMs: number
  readonly matches: number
}

export interface SubscriberResult {
  readonly endedMs: number
  readonly matches: number
  /** The sum of all temperatures: each matching update has been read. */
  readonly temperatures: number
}

function linkOver({ ports }: Wire): Link {
  return { endpoint: 'inproc://weather', port: ports[0]! }
}

export async function runPublisher(options: WeatherOptions, wire: Wire): Promise<PublisherResult> {
  const subject = await loadSubject<WeatherSubject>(import.meta.url, options.subject)
  const publisher = await subject.openPublisher(linkOver(wire))
  const heard = new Gate(wire.gates[0])
  return publishAll(publisher, options, () => heard.isOpen)
}

export async function runSubscriber(
  options: WeatherOptions,
  wire: Wire,
): Promise<SubscriberResult> {
  const subject = await loadSubject<WeatherSubject>(import.meta.url, options.subject)
  const heard = new Gate(wire.gates[0])
  return hearAll(subject, linkOver(wire), () => heard.open())
}

/** Says hello until the subscriber has heard it, warms up, publishes, says that this is the end. */
export async function publishAll(
  publisher: PublishingSide,
  { how, updates: count, warmUp }: WeatherCounts,
  isHeard: () => boolean,
): Promise<PublisherResult> {
  do {
    await publisher.say(HELLO)
    await nextTurn()
  } while (!isHeard())
  const updates = openUpdates(how)
  await publisher.publish(updates, warmUp)
  const startedMs = monotonicMs()
  await publisher.publish(updates, count)
  await publisher.say(END)
  publisher.close()
  return { startedMs, matches: updates.matches }
}

/** Listens for one zip code until the end marker comes. */
export async function hearAll(
  subject: WeatherSubject,
  link: Link,
  heard: () => void,
): Promise<SubscriberResult> {
  const subscriber = subject.openSubscriber(link, [WANTED_PREFIX, HELLO, END])
  let matches = 0
  let temperatures = 0
  await subscriber.listen((message) => {
    const text = typeof message === 'string' ? message : Buffer.from(message).toString()
    if (text === END) return false
    if (text === HELLO) {
      heard()
      return true
    }
    if (!text.startsWith(WANTED_PREFIX)) throw new Error(`unwanted update: ${text}`)
    temperatures += Number(text.split(' ')[1])
    matches++
    return true
  })
  const endedMs = monotonicMs()
  subscriber.close()
  return { endedMs, matches, temperatures }
}

/** What both sides say of the same updates, as a sample. */
export function sampleOf(
  updates: number,
  published: PublisherResult,
  received: SubscriberResult,
): object {
  if (published.matches !== received.matches) {
    throw new Error(`${published.matches} matches published, ${received.matches} received`)
  }
  const nanoseconds = Math.round((received.endedMs - published.startedMs) * 1e6)
  const { matches, temperatures } = received
  return { messages: updates, nanoseconds, matches, temperatures }
}
