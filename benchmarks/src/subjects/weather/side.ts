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

/** Says hello until the subscriber has heard it, warms up, publishes, says that this is the end. */
export async function runPublisher(options: WeatherOptions, wire: Wire): Promise<PublisherResult> {
  const subject = await loadSubject<WeatherSubject>(import.meta.url, options.subject)
  const publisher = await subject.openPublisher(linkOver(wire))
  const heard = new Gate(wire.gates[0])
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
  wire: Wire,
): Promise<SubscriberResult> {
  const subject = await loadSubject<WeatherSubject>(import.meta.url, options.subject)
  const heard = new Gate(wire.gates[0])
  const subscriber = subject.openSubscriber(linkOver(wire), [WANTED_PREFIX, HELLO, END])
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
