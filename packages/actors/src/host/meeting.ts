import type { Lanes } from './mesh.ts'

/** Begins where hosts of processes meet. */
const IPC = 'ipc://'

/** So many frames may lie in a socket of a process, unread. */
const FRAMES = 64

/** How long what was sent to another process may take to leave, in milliseconds. */
const LINGER_MS = 500

/** Where the hosts of a system find each other, and what their sockets are like there. */
export interface Meeting {
  endpointOf(host: number, way: keyof Lanes): string
  readonly push: { readonly linger?: number; readonly handshakeInterval?: number }
  readonly pull: { readonly receiveHighWaterMark: number; readonly handshakeInterval?: number }
}

/** @param system a name within the process; or, where hosts are processes, a folder as an endpoint of ipc */
export function meetingOf(system: string): Meeting {
  if (!system.startsWith(IPC))
    return {
      endpointOf: (host, way) => `inproc://ringpost.actors/${system}/${host}/${way}`,
      // A host that is there has what was sent in its memory, and reads it in any case. For one that is not,
      // it would lie there as long as the process lives: numbers are not used again.
      push: { linger: 0 },
      // The marks of both ends add up: a lane is to hold what its sender's says, and no more.
      pull: { receiveHighWaterMark: 1 },
    }
  // A process that computes takes its time to shake hands, and is no stranger.
  const patient = { handshakeInterval: 0 }
  return {
    endpointOf: (host, way) => `${system}/${host}-${way}`,
    push: { linger: LINGER_MS, ...patient },
    pull: { receiveHighWaterMark: FRAMES, ...patient },
  }
}

/** The files of a host that is a process. @param folder where it met others */
export const filesOf = (folder: string, host: number): string[] =>
  (['users', 'system'] as const).map((way) => meetingOf(folder).endpointOf(host, way))
