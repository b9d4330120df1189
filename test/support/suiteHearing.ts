import type { Publisher, SocketTypes } from './suiteApi.ts'
import type { FarSocket, SocketName } from './suiteSubject.ts'

type Radio = InstanceType<SocketTypes['Radio']>
type Dish = InstanceType<SocketTypes['Dish']>
type Subscriber = InstanceType<SocketTypes['Subscriber']>
type XSubscriber = InstanceType<SocketTypes['XSubscriber']>

export type Publishing = Publisher | Radio | FarSocket
export type Listening = Subscriber | XSubscriber | Dish | FarSocket

let probes = 0

/** After so many turns without a message none is under way any more, in all likelihood. */
const SILENT_TURNS = 1000

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
  const incoming = new Incoming(subscriber)
  do await publish(publisher, probe, 'again')
  while ((await incoming.next(1)) === undefined)

  // Behind the last one nothing is under way. It is dropped where too many others still are.
  for (let last = 1; ; last++) {
    await publish(publisher, probe, `last ${last}`)
    for (let text; (text = await incoming.next(SILENT_TURNS)) !== undefined;) {
      if (text === `${probe} last ${last}`) return
    }
  }
}

/** What a socket receives, one by one, for as long as something comes. */
class Incoming {
  readonly #socket: Listening
  #arriving: Promise<string> | undefined

  constructor(socket: Listening) {
    this.#socket = socket
  }

  /** The next message as text, unless none comes for so many turns of the event loop. */
  async next(turns: number): Promise<string | undefined> {
    this.#arriving ??= this.#socket.receive().then(([first]) => String(first))
    for (let turn = 0; turn < turns; turn++) {
      const nothing = new Promise<undefined>((resolve) => setImmediate(resolve, undefined))
      const text = await Promise.race([this.#arriving, nothing])
      if (text === undefined) continue
      this.#arriving = undefined
      return text
    }
    return undefined
  }
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
