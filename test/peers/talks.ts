import { expect } from 'vitest'
import type { End, Message } from './library.ts'
import { untilSubscribed } from './publishing.ts'

/** What two sockets do once one of them is bound, and the other one connects. */
export type Talk = (first: End, second: End, messages: readonly Message[]) => Promise<void>

const bytesOf = (...texts: readonly string[]): Buffer[] => texts.map((text) => Buffer.from(text))

function expectSame(arrived: Message, message: Message): void {
  expect(arrived.map(({ length }) => length)).toEqual(message.map(({ length }) => length))
  expect(arrived.every((frame, at) => frame.equals(message[at]!))).toBe(true)
}

async function expectArrival(end: End, message: Message): Promise<void> {
  expectSame(await end.receive(), message)
}

/** One way, all of them before the first is received. */
export const deliver: Talk = async (first, second, messages) => {
  for (const message of messages) await first.send(message)
  for (const message of messages) await expectArrival(second, message)
}

/**
 * There and back again.
 *
 * @param envelopes what is in front of each message, as one side and as the other one sends and
 *   receives it
 */
export function exchange(...envelopes: readonly (readonly string[])[]): Talk {
  const [ofFirst, ofSecond] = envelopes.map((texts) => bytesOf(...texts)) as [Buffer[], Buffer[]]
  return async (first, second, messages) => {
    for (const message of messages) {
      await first.send([...ofFirst, ...message])
      await expectArrival(second, [...ofSecond, ...message])
      await second.send([...ofSecond, ...message])
      await expectArrival(first, [...ofFirst, ...message])
    }
  }
}

type Wish = (subscriber: End, topic: string) => Promise<void>

/** How a subscriber says what it wants, by its type. */
const wishes: Readonly<Record<'SUB' | 'XSUB', { subscribe: Wish; cancel: Wish }>> = {
  SUB: {
    subscribe: (end, topic) => end.subscribe(topic),
    cancel: (end, topic) => end.unsubscribe(topic),
  },
  XSUB: {
    subscribe: (end, topic) => end.send(bytesOf(`\u0001${topic}`)),
    cancel: (end, topic) => end.send(bytesOf(`\u0000${topic}`)),
  },
}

/** By a PUB. */
export function publish(subscriberType: keyof typeof wishes): Talk {
  return async (publisher, subscriber, messages) => {
    await wishes[subscriberType].subscribe(subscriber, '')
    await untilSubscribed(publisher, subscriber)
    await deliver(publisher, subscriber, messages)
  }
}

/** By an XPUB, which is told of subscriptions. */
export function publishWhatIsWanted(subscriberType: keyof typeof wishes): Talk {
  const { subscribe, cancel } = wishes[subscriberType]
  return async (publisher, subscriber, messages) => {
    await subscribe(subscriber, 'wanted')
    const wanted = bytesOf('wanted', 'yes')
    const publishing = (async () => {
      await expectArrival(publisher, bytesOf('\u0001wanted'))
      await publisher.send(bytesOf('unwanted', 'no'))
      await publisher.send(wanted)
    })()
    // libzmq takes up a connection, and says what it wants, only while its socket is called.
    const [arrived] = await Promise.all([subscriber.receive(), publishing])
    expectSame(arrived, wanted)
    await cancel(subscriber, 'wanted')
    await expectArrival(publisher, bytesOf('\u0000wanted'))
    await subscribe(subscriber, '')
    await expectArrival(publisher, bytesOf('\u0001'))
    await deliver(publisher, subscriber, messages)
  }
}

/** Between an XPUB and an XSUB, which may also say other things upstream. */
export const publishAndListen: Talk = async (publisher, subscriber, messages) => {
  await publishWhatIsWanted('XSUB')(publisher, subscriber, messages)
  await deliver(subscriber, publisher, [bytesOf('upstream'), bytesOf('upstream', 'in', 'parts')])
}

/** Bytes in pieces of any size. */
export function stream(nameOfSecond: string): Talk {
  return async (first, second, messages) => {
    // Each tells of a connection by an empty message.
    const [nameOfFirst] = (await second.receive()) as [Buffer, Buffer]
    await expectArrival(first, bytesOf(nameOfSecond, ''))
    const way = async (from: End, name: Buffer, to: End, bytes: Buffer): Promise<void> => {
      await from.send([name, bytes])
      expect((await collect(to, bytes.length)).equals(bytes)).toBe(true)
    }
    for (const [bytes] of messages.filter(([frame]) => frame!.length > 0)) {
      await way(first, Buffer.from(nameOfSecond), second, bytes!)
      await way(second, nameOfFirst, first, bytes!)
    }
  }
}

async function collect(end: End, count: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  for (let length = 0; length < count; length += chunks.at(-1)!.length) {
    chunks.push((await end.receive())[1]!)
  }
  return Buffer.concat(chunks)
}
