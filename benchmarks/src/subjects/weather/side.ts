import { Buffer } from 'node:buffer'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Gate } from '../gate.ts'
import { monotonicMs } from '../monotonicClock.ts'
import { openUpdates, WANTED_PREFIX } from './updates.ts'
import {
  END,
  HELLO,
  type Link,
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

/**
 * Loads the subject that the options name. The host does so before it starts threads, as a program
 * does that uses the library in its main thread.
 */
export async function load(options: WeatherOptions): Promise<WeatherSubject> {
  const module = (await import(`./${options.subject}.js`)) as { subject: WeatherSubject }
  return module.subject
}

/** Says hello until the subscriber has heard it, warms up, publishes, says that this is the end. */
export async function runPublisher(
  options: WeatherOptions,
  link: Link,
  heard: Gate,
): Promise<PublisherResult> {
  const publisher = await (await load(options)).openPublisher(link)
  do {
    await publisher.say(HELLO)
    await nextTurn()
  } while (!heard.isOpen)
  const updates = openUpdates(options.how)
  await publisher.publish(updates, options.warmUp)
  const startedMs = monotonicMs()
  await publisher.publish(updates, options.updates)
  await publisher.say(END)
  publisher.close()
  return { startedMs, matches: updates.matches }
}

/** Listens for one zip code until the end marker comes. */
export async function runSubscriber(
  options: WeatherOptions,
  link: Link,
  heard: Gate,
): Promise<SubscriberResult> {
  const subject = await load(options)
  const subscriber = subject.openSubscriber(link, [WANTED_PREFIX, HELLO, END])
  let matches = 0
  let temperatures = 0
  await subscriber.listen((message) => {
    const text = typeof message === 'string' ? message : Buffer.from(message).toString()
    if (text === END) return false
    if (text === HELLO) {
      heard.open()
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
