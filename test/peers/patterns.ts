import type { Options, SocketTypeName } from './library.ts'
import {
  deliver,
  exchange,
  publish,
  publishAndListen,
  publishWhatIsWanted,
  stream,
  type Talk,
} from './talks.ts'

/** Two types of sockets that belong together, and what they say to each other. */
export interface Pattern {
  /** Where both are the same, the first is the one that connects. */
  readonly types: readonly [SocketTypeName, SocketTypeName]
  readonly talk: Talk
}

/** What sockets that have a name are called, by their place. */
const names = ['first', 'second'] as const
const [FIRST, SECOND] = names

export const patterns: readonly Pattern[] = [
  { types: ['REQ', 'REP'], talk: exchange([], []) },
  { types: ['REQ', 'ROUTER'], talk: exchange([], [FIRST, '']) },
  { types: ['DEALER', 'REP'], talk: exchange([''], []) },
  { types: ['DEALER', 'ROUTER'], talk: exchange([], [FIRST]) },
  { types: ['DEALER', 'DEALER'], talk: exchange([], []) },
  { types: ['ROUTER', 'ROUTER'], talk: exchange([SECOND], [FIRST]) },
  { types: ['PAIR', 'PAIR'], talk: exchange([], []) },
  { types: ['PUSH', 'PULL'], talk: deliver },
  { types: ['PUB', 'SUB'], talk: publish('SUB') },
  { types: ['PUB', 'XSUB'], talk: publish('XSUB') },
  { types: ['XPUB', 'SUB'], talk: publishWhatIsWanted('SUB') },
  { types: ['XPUB', 'XSUB'], talk: publishAndListen },
  { types: ['STREAM', 'STREAM'], talk: stream(SECOND) },
]

/** Whether what is said is ZMTP, which goes over every transport and has security. */
export const speaksZmtp = ({ types }: Pattern): boolean => types[0] !== 'STREAM'

export type Place = 0 | 1

const isNamed: ReadonlySet<SocketTypeName> = new Set(['DEALER', 'REQ', 'ROUTER'])

export const ownName = ({ types }: Pattern, place: Place): Options =>
  isNamed.has(types[place]) ? { routingId: names[place] } : {}

/** What the first, which connects, has to call the second to say something before it is spoken to. */
export const peerName = ({ types }: Pattern): string | undefined =>
  ['ROUTER', 'STREAM'].includes(types[0]) ? SECOND : undefined
