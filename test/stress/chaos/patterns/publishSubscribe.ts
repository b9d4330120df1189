import { Publisher, Subscriber, XPublisher, XSubscriber } from '@ringpost/core'
import type { Random } from '../../../support/random.ts'
import { bytesOf } from '../message.ts'
import {
  broadcast,
  type Announcer,
  type BroadcastTypes,
  type Listener,
} from '../shapes/broadcast.ts'

/** PUB, or XPUB in its place. */
function publisher(random: Random, noDrop: boolean): Announcer {
  const hears = random.oneIn(2)
  return { socket: hears ? new XPublisher({ noDrop }) : new Publisher({ noDrop }), hears }
}

function subscriber(): Listener {
  const socket = new Subscriber()
  return {
    socket,
    subscribe: (topic) => socket.subscribe(topic),
    unsubscribe: (topic) => socket.unsubscribe(topic),
    isStrict: true,
  }
}

/** An XSUB gets what was on its way when it cancelled. */
export function extendedSubscriber(): Listener {
  const socket = new XSubscriber()
  return {
    socket,
    subscribe: (topic) => socket.sendSync(`\u0001${topic}`),
    unsubscribe: (topic) => socket.sendSync(`\u0000${topic}`),
    isStrict: false,
  }
}

/** PUB and XPUB with SUB and XSUB. */
export const newspaper: BroadcastTypes = {
  name: 'PUB-SUB',
  announcer: publisher,
  listener: (random) => (random.oneIn(2) ? subscriber() : extendedSubscriber()),
  isMultipart: true,
  dress: (frames, topic) => ({ frames: [Buffer.from(topic), ...frames] }),
  read: ({ frames }) => ({ topic: bytesOf(frames[0]!).toString(), frames: frames.slice(1) }),
}

export const publishSubscribe = broadcast(newspaper)
