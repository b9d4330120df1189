import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as ringpost from '@ringpost/transport'
import * as zeromq from 'zeromq'
import * as drafts from 'zeromq/draft.js'
import { freeTcpEndpoint } from '../support/freeEndpoints.ts'

/** The two libraries, whose sockets have the same calls. */
export const libraries = {
  Ringpost: ringpost as unknown as typeof zeromq & typeof drafts,
  'zeromq.js': { ...zeromq, ...drafts },
}
export type Library = keyof typeof libraries

/** Who binds and who connects. */
export const pairs: [Library, Library][] = [
  ['Ringpost', 'Ringpost'],
  ['Ringpost', 'zeromq.js'],
  ['zeromq.js', 'Ringpost'],
]

const folder = mkdtempSync(join(tmpdir(), 'ringpost-interop-'))
let names = 0

const newPath = (): string => `ipc://${folder}/${++names}`

/** `free`: an endpoint that nobody has bound, to be connected to first. */
export const schemes = [
  { scheme: 'tcp', anywhere: () => 'tcp://127.0.0.1:*', free: freeTcpEndpoint },
  { scheme: 'ipc', anywhere: newPath, free: newPath },
  { scheme: 'ws', anywhere: () => 'ws://127.0.0.1:*', free: async () => freeTcpEndpoint('ws') },
]

/** libzmq gives up the place some time after `unbind` has returned. */
export async function unbindWholly(socket: zeromq.Pull): Promise<void> {
  const freed = nextEvent(socket, 'close')
  await socket.unbind(socket.lastEndpoint!)
  await freed
}

type Event = zeromq.EventOfType

/** Resolves with the next event of a type from now on. */
export const nextEvent = (socket: zeromq.Socket, type: zeromq.EventType): Promise<Event> =>
  new Promise((resolve) => {
    const listener = (event: Event): void => {
      socket.events.off(type, listener)
      resolve(event)
    }
    socket.events.on(type, listener)
  })

/** Closes sockets, and whatever else can be, when a test is over. */
export class Opened {
  readonly #all: { close(): void; linger?: number; closed?: boolean }[] = []

  add<T extends { close(): void }>(one: T): T {
    this.#all.push(one)
    return one
  }

  close(): void {
    for (const one of this.#all.splice(0)) {
      if (one.closed === true) continue
      if ('linger' in one) one.linger = 0
      one.close()
    }
  }
}
