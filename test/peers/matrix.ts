import { randomBytes } from 'node:crypto'
import * as ringpost from '@ringpost/transport'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { credentials, mechanisms, rules, type Mechanism } from '../support/credentials.ts'
import { FreePaths } from '../support/freeEndpoints.ts'
import { type Change, Recording } from '../support/recording.ts'
import type { End, Library, Message, Options, SocketTypeName } from './library.ts'
import { NodeLibrary, type NodeSockets } from './nodeLibrary.ts'
import { ownName, type Pattern, patterns, peerName, type Place, speaksZmtp } from './patterns.ts'
import type { ProcessLibrary } from './processLibrary.ts'

/** What is tried with a peer: who of the two is which socket, who binds, over what and how secured. */
export interface Case {
  readonly pattern: Pattern
  readonly scheme: 'tcp' | 'ipc'
  readonly mechanism: Mechanism
  /** Ringpost's place in the pattern. */
  readonly place: Place
  /** The place of who binds; with a mechanism that has one, it is the server. */
  readonly bound: Place
}

const schemes = ['tcp', 'ipc'] as const
const places = [0, 1] as const

export const cases: readonly Case[] = patterns.flatMap((pattern) => {
  const isPlain = !speaksZmtp(pattern)
  const isSame = pattern.types[0] === pattern.types[1]
  return schemes
    .filter((scheme) => scheme === 'tcp' || !isPlain)
    .flatMap((scheme) =>
      (Object.keys(mechanisms) as Mechanism[])
        .filter((mechanism) => mechanism === 'NULL' || !isPlain)
        .flatMap((mechanism) =>
          places.flatMap((place) =>
            places
              .filter((bound) => bound === 1 || !isSame)
              .map((bound) => ({ pattern, scheme, mechanism, place, bound })),
          ),
        ),
    )
})

/** What can be said in ZMTP 2.0. */
export const casesOfVersionTwo: readonly Case[] = cases.filter(
  ({ pattern, scheme, mechanism }) =>
    scheme === 'tcp' && mechanism === 'NULL' && speaksZmtp(pattern),
)

/** So few that they may run with every change: all that a case can be has its turn among them. */
export const slice: readonly Case[] = cases.filter((_, at) => at % 5 === 0)

const all = [0, 1, 255, 256, 65_536, 8 * 2 ** 20].map((bytes) => randomBytes(bytes))

/** Of every size, alone and together. */
export const messages: readonly Message[] = [...all.map((frame) => [frame]), all]
/** As those, but for what takes long. */
export const shortMessages: readonly Message[] = [
  ...all.slice(0, -1).map((frame) => [frame]),
  all.slice(0, -1),
]

function titleOf({ pattern, scheme, mechanism, place, bound }: Case): string {
  const [ours, peers] = [pattern.types[place], pattern.types[1 - place]]
  const verb = place === bound ? 'binds' : 'connects'
  return `${ours} ${verb}, the peer is ${peers}: ${scheme}, ${mechanism}`
}

/**
 * Lets the sockets of Ringpost talk to those of a peer.
 *
 * @param changing makes what changes one direction of the wire, if anything is to be changed; tcp only
 */
export function describePeer(
  name: string,
  start: () => ProcessLibrary,
  tried: readonly Case[],
  said: readonly Message[],
  changing?: () => Change,
): void {
  describe(`the sockets of ${name}`, () => {
    const paths = new FreePaths()
    const here = new NodeLibrary(ringpost as unknown as NodeSockets)
    let authenticator: ringpost.Authenticator
    let peer: ProcessLibrary
    const ends: End[] = []
    const wires: Recording[] = []
    beforeAll(async () => {
      authenticator = new ringpost.Authenticator(rules)
      peer = start()
      await peer.admit(credentials)
    })
    afterEach(async () => {
      await Promise.all(ends.splice(0).map((end) => end.close()))
      for (const wire of wires.splice(0)) wire.close()
    })
    afterAll(async () => {
      await peer.end()
      authenticator.close()
      paths.release()
    })

    /** The endpoint by which another one is reached. */
    async function through(endpoint: string): Promise<string> {
      if (changing === undefined) return endpoint
      const wire = await Recording.start(endpoint, changing)
      wires.push(wire)
      return wire.endpoint
    }

    it.each(tried.map((each) => [titleOf(each), each] as const))('%s', async (_, each) => {
      const { pattern, scheme, mechanism, place, bound } = each
      const open = async (library: Library, at: Place): Promise<End> => {
        const type = pattern.types[at]
        const side = at === bound ? 'server' : 'client'
        const security = mechanisms[mechanism][side]
        const options = { linger: 0, ...timeouts(type), ...ownName(pattern, at), ...security }
        const end = await library.open(type, options)
        ends.push(end)
        return end
      }
      const [first, second] = [
        await open(place === 0 ? here : peer, 0),
        await open(place === 1 ? here : peer, 1),
      ]
      const [binding, connecting] = bound === 0 ? [first, second] : [second, first]
      const endpoint = await binding.bind(scheme === 'tcp' ? 'tcp://127.0.0.1:*' : paths.endpoint())
      await connecting.connect(await through(endpoint), peerName(pattern))
      await expect(pattern.talk(first, second, said)).resolves.toBeUndefined()
    })
  })
}

/** Who waits so long waits in vain. */
const WAIT_MS = 10_000
const onlySend: ReadonlySet<SocketTypeName> = new Set(['PUB', 'PUSH'])
const onlyReceive: ReadonlySet<SocketTypeName> = new Set(['PULL', 'SUB'])

const timeouts = (type: SocketTypeName): Options => ({
  ...(onlyReceive.has(type) ? {} : { sendTimeout: WAIT_MS }),
  ...(onlySend.has(type) ? {} : { receiveTimeout: WAIT_MS }),
})
