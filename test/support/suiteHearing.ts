import type { Publisher, SocketTypes } from './suiteApi.ts'
import type { FarSocket, SocketName } from './suiteSubject.ts'

type Radio = InstanceType<SocketTypes['Radio']>
type Dish = InstanceType<SocketTypes['Dish']>
type Subscriber = InstanceType<SocketTypes['Subscriber']>
type XSubscriber = InstanceType<SocketTypes['XSubscriber']>

export type Publishing = Publisher | Radio | FarSocket
export type Listening = Subscriber | XSubscriber | Dish | FarSocket

let probes = 0

/**
 * Waits until a publisher knows what subscribers have asked for. Nobody tells a publisher, so that
 * each subscriber asks for one thing more, and that is published until it arrives: what was asked for
 * before, on the same connection, is known then.
 */
export async function hear(
  publisher: Publishing,
  subscribers: readonly Listening[],
): Promise<void> {
  for (const subscriber of subscribers) await hearOne(publisher, subscriber)
}

async function hearOne(publisher: Publishing, subscriber: Listening): Promise<void> {
  const probe = `\0probe ${++probes}`
  await ask(subscriber, probe)
  let isHeard = false
  const arriving = subscriber.receive().then(() => (isHeard = true))
  while (!isHeard) {
    await publish(publisher, probe, 'again')
    await Promise.race([arriving, new Promise((resolve) => setImmediate(resolve))])
  }
  await publish(publisher, probe, 'last')
  while (textOf(await subscriber.receive()) !== `${probe} last`);
}

/** @see ZMQ_RADIO, ZMQ_DISH in zmq_draft.h */
const typeIds: Partial<Record<SocketName, number>> = { Radio: 14, Dish: 15 }

const isOf = (name: SocketName, socket: Publishing | Listening): boolean =>
  'name' in socket ? socket.name === name : socket.type === typeIds[name]

async function ask(subscriber: Listening, probe: string): Promise<void> {
  if (isOf('Dish', subscriber)) await (subscriber as FarSocket).join(probe)
  else if ('subscribe' in subscriber) await subscriber.subscribe(probe)
  else await (subscriber as XSubscriber).send(`\u0001${probe}`)
}

async function publish(publisher: Publishing, probe: string, text: string): Promise<void> {
  if (isOf('Radio', publisher))
    await (publisher as Radio).send(`${probe} ${text}`, { group: probe })
  else await (publisher as Publisher).send(`${probe} ${text}`)
}

const textOf = (message: readonly unknown[]): string => String(message[0])
