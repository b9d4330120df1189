import { setTimeout as sleep } from 'node:timers/promises'
import { prepareMessages } from '../preparedMessages.ts'
import { loadSubject, type Wire } from '../twoSides.ts'
import {
  STOP,
  type BlockingSubject,
  type CallbackSubject,
  type Link,
  type PromiseSubject,
  type RoundTripOptions,
  type RoundTripSubject,
} from './roundTripSubject.ts'
import { TravelLog } from './travelLog.ts'

const MESSAGE_SIZE = 16

type Messages = readonly Uint8Array[]

/** Sleeps in a blocking way; nobody ever writes this word. */
function sleepSync(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

function travelBlocking(
  subject: BlockingSubject,
  link: Link,
  options: RoundTripOptions,
  messages: Messages,
  stop: Uint8Array,
): TravelLog {
  const side = subject.openRequester(link)
  const travelFor = (milliseconds: number, pauseMilliseconds: number): TravelLog => {
    const log = new TravelLog(milliseconds)
    do {
      if (pauseMilliseconds > 0) sleepSync(pauseMilliseconds)
      log.leave()
    } while (log.arrive(side.travel(messages[log.next]!)))
    return log
  }
  travelFor(options.warmUpMilliseconds, 0)
  const log = travelFor(options.milliseconds, options.pauseMilliseconds)
  side.travel(stop)
  side.close()
  return log
}

async function travelWithPromises(
  subject: PromiseSubject,
  link: Link,
  options: RoundTripOptions,
  messages: Messages,
  stop: Uint8Array,
): Promise<TravelLog> {
  const side = await subject.openRequester(link)
  const travelFor = async (milliseconds: number, pauseMilliseconds: number): Promise<TravelLog> => {
    const log = new TravelLog(milliseconds)
    do {
      if (pauseMilliseconds > 0) await sleep(pauseMilliseconds)
      log.leave()
    } while (log.arrive(await side.travel(messages[log.next]!)))
    return log
  }
  await travelFor(options.warmUpMilliseconds, 0)
  const log = await travelFor(options.milliseconds, options.pauseMilliseconds)
  await side.travel(stop)
  side.close()
  return log
}

function travelWithCallbacks(
  subject: CallbackSubject,
  link: Link,
  options: RoundTripOptions,
  messages: Messages,
  stop: Uint8Array,
): Promise<TravelLog> {
  return new Promise((resolve, reject) => {
    let log = new TravelLog(options.warmUpMilliseconds)
    let phase: 'warm-up' | 'timed' | 'stopping' = 'warm-up'
    const depart = (): void => {
      log.leave()
      side.depart(messages[log.next]!)
    }
    const departRested = (): void => {
      if (phase === 'timed' && options.pauseMilliseconds > 0) {
        setTimeout(depart, options.pauseMilliseconds)
      } else depart()
    }
    const arrived = (reply: Uint8Array): void => {
      if (phase === 'stopping') {
        side.close()
        resolve(log)
        return
      }
      try {
        if (log.arrive(reply)) {
          departRested()
          return
        }
      } catch (error) {
        reject(error)
        return
      }
      if (phase === 'warm-up') {
        phase = 'timed'
        log = new TravelLog(options.milliseconds)
        departRested()
      } else {
        phase = 'stopping'
        side.depart(stop)
      }
    }
    const side = subject.openRequester(link, arrived)
    depart()
  })
}

function linkOver({ ports }: Wire, options: RoundTripOptions): Link {
  const { pattern, endpoint = 'inproc://bench' } = options
  return { endpoint, pattern, port: ports[0]! }
}

/** Asks again and again; returns the times of the trips, in summary. */
export async function runRequester(options: RoundTripOptions, wire: Wire): Promise<object> {
  const subject = await loadSubject<RoundTripSubject>(import.meta.url, options.subject)
  const link = linkOver(wire, options)
  const messages = prepareMessages(MESSAGE_SIZE)
  const stop = new Uint8Array(MESSAGE_SIZE).fill(STOP)
  if (subject.style === 'blocking') {
    return travelBlocking(subject, link, options, messages, stop).summarize()
  }
  const travelled =
    subject.style === 'promises'
      ? await travelWithPromises(subject, link, options, messages, stop)
      : await travelWithCallbacks(subject, link, options, messages, stop)
  return travelled.summarize()
}

/** Sends back whatever comes, until it is told to stop. */
export async function runEcho(options: RoundTripOptions, wire: Wire): Promise<void> {
  const subject = await loadSubject<RoundTripSubject>(import.meta.url, options.subject)
  const echo = subject.openEcho(linkOver(wire, options))
  await echo.run()
  echo.close()
}
