import { randomBytes } from 'node:crypto'
import * as ringpost from '@ringpost/transport'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { credentials, mechanisms, rules, type Mechanism } from '../support/credentials.ts'
import { FreePaths } from '../support/freeEndpoints.ts'
import { asVersionTwo, type Change, Recording } from '../support/recording.ts'
import type { End, Library, Message, Options, SocketTypeName } from './library.ts'
import { NodeLibrary, type NodeSockets } from './nodeLibrary.ts'
import { ownName, type Pattern, patterns, peerName, type Place, speaksZmtp } from './patterns.ts'
import type { ProcessLibrary } from './processLibrary.ts'
import { DROPS_NOTHING } from './publishing.ts'

/** What is tried with a peer: who of the two is which socket, who binds, over what and how secured. */
interface Case {
  readonly pattern: Pattern
  readonly scheme: 'tcp' | 'ipc'
  readonly mechanism: Mechanism
  /** Ringpost's place in the pattern. */
  readonly place: Place
  readonly bound: Place
  /** Whom the other one has to convince, with a mechanism that has a server. */
  readonly server: Place
}

const schemes = ['tcp', 'ipc'] as const
const places = [0, 1] as const

const cases: readonly Case[] = patterns.flatMap((pattern) => {
  const isRaw = !speaksZmtp(pattern)
  const isSame = pattern.types[0] === pattern.types[1]
  return schemes
    .filter((scheme) => scheme === 'tcp' || !isRaw)
    .flatMap((scheme) =>
      (Object.keys(mechanisms) as Mechanism[])
        .filter((mechanism) => mechanism === 'NULL' || !isRaw)
        .flatMap((mechanism) =>
          places.flatMap((place) =>
            places
              .filter((bound) => bound === 1 || !isSame)
              .map((bound) => ({ pattern, scheme, mechanism, place, bound, server: bound })),
          ),
        ),
    )
})

/** The same, where who connects is the server. */
const turnedCases: readonly Case[] = cases
  .filter(({ mechanism }) => mechanism !== 'NULL')
  .map((each) => ({ ...each, server: each.bound === 0 ? 1 : 0 }))

/** What can be said in ZMTP 2.0. */
const casesOfVersionTwo: readonly Case[] = cases.filter(
  ({ pattern, scheme, mechanism }) =>
    scheme === 'tcp' && mechanism === 'NULL' && speaksZmtp(pattern),
)

/** So few that they may run with every change: all that a case can be has its turn among them. */
const slice: readonly Case[] = cases.filter((_, at) => at % 5 === 0)

/** The XPUB of libzmq 4.3.2 crashes when an XSUB, its own too, says anything but subscriptions. */
const isSurvived = ({ pattern, place }: Case): boolean =>
  pattern.types[place] !== 'XSUB' || pattern.types[1 - place] !== 'XPUB'

const frames = [0, 1, 255, 256, 65_536, 8 * 2 ** 20].map((bytes) => randomBytes(bytes))
const aloneAndTogether = (all: readonly Buffer[]): Message[] => [
  ...all.map((frame) => [frame]),
  [...all],
]
const messages = aloneAndTogether(frames)
/** Without what takes long. */
const shortMessages = aloneAndTogether(frames.slice(0, -1))

/** Who waits so long waits in vain. */
const WAIT_MS = 30_000
const common: Options = { linger: 0, heartbeatInterval: 10, heartbeatTimeout: WAIT_MS }
const onlySend: ReadonlySet<SocketTypeName> = new Set(['PUB', 'PUSH'])
const onlyReceive: ReadonlySet<SocketTypeName> = new Set(['PULL', 'SUB'])

const timeouts = (type: SocketTypeName): Options => ({
  ...(onlyReceive.has(type) ? {} : { sendTimeout: WAIT_MS }),
  ...(onlySend.has(type) ? {} : { receiveTimeout: WAIT_MS }),
})

function optionsOf({ pattern, mechanism, server }: Case, place: Place): Options {
  const security = mechanisms[mechanism][place === server ? 'server' : 'client']
  const type = pattern.types[place]
  const publishing = type === 'PUB' ? DROPS_NOTHING : {}
  return { ...common, ...timeouts(type), ...publishing, ...ownName(pattern, place), ...security }
}

function titleOf({ pattern, scheme, mechanism, place, bound }: Case): string {
  const [ours, peers] = [pattern.types[place], pattern.types[1 - place]]
  const verb = place === bound ? 'binds' : 'connects'
  return `${ours} ${verb}, the peer is ${peers}: ${scheme}, ${mechanism}`
}

/** A peer, and what is tried with it. */
interface Trial {
  readonly start: () => ProcessLibrary
  readonly cases: readonly Case[]
  readonly messages: readonly Message[]
  /** Where Ringpost has its I/O; in threads by default. */
  readonly context?: ringpost.Context
  /** Makes what changes one direction of the wire; tcp only. */
  readonly changing?: () => Change
}

/** Lets the sockets of Ringpost talk to those of a peer. */
function describeTrial(
  name: string,
  { start, cases: tried, messages: said, context = ringpost.context, changing }: Trial,
): void {
  describe(`the sockets of ${name}`, () => {
    const paths = new FreePaths()
    const here = new NodeLibrary(ringpost as unknown as NodeSockets, { context })
    const ends: End[] = []
    const wires: Recording[] = []
    let authenticator: ringpost.Authenticator
    let peer: ProcessLibrary
    beforeAll(async () => {
      authenticator = new ringpost.Authenticator({ context, ...rules })
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

    async function open(each: Case, place: Place): Promise<End> {
      const library: Library = place === each.place ? here : peer
      const end = await library.open(each.pattern.types[place], optionsOf(each, place))
      ends.push(end)
      return end
    }

    /** The endpoint by which another one is reached. */
    async function through(endpoint: string): Promise<string> {
      if (changing === undefined) return endpoint
      const wire = await Recording.start(endpoint, changing)
      wires.push(wire)
      return wire.endpoint
    }

    it.each(tried.map((each) => [titleOf(each), each] as const))('%s', async (_, each) => {
      const { pattern, scheme, bound } = each
      const [first, second] = [await open(each, 0), await open(each, 1)]
      const [binding, connecting] = bound === 0 ? [first, second] : [second, first]
      const endpoint = await binding.bind(scheme === 'tcp' ? 'tcp://127.0.0.1:*' : paths.endpoint())
      await connecting.connect(await through(endpoint), peerName(pattern))
      await expect(pattern.talk(first, second, said)).resolves.toBeUndefined()
    })
  })
}

/** All that is tried with a peer that speaks ZMTP 3.1. */
export function describeMatrix(name: string, start: () => ProcessLibrary): void {
  describeTrial(name, { start, cases, messages })
  describeTrial(`${name}, where who connects is the server`, {
    start,
    cases: turnedCases,
    messages: shortMessages,
  })
  describeTrial(`${name}, with I/O in the loop of ours`, {
    start,
    cases: slice,
    messages: shortMessages,
    context: new ringpost.Context({ ioThreads: 0 }),
  })
  describeTrial(`${name}, in ZMTP 2.0`, {
    start,
    cases: casesOfVersionTwo,
    messages: shortMessages,
    changing: asVersionTwo,
  })
}

/** Some of it, with a peer that speaks ZMTP 3.0. */
export function describeVersionThree(name: string, start: () => ProcessLibrary): void {
  describeTrial(name, { start, cases: slice.filter(isSurvived), messages: shortMessages })
}

/** What is quick. */
export function describeSlice(name: string, start: () => ProcessLibrary): void {
  describeTrial(name, { start, cases: slice, messages: shortMessages })
}
