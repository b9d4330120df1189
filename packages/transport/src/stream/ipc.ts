import { randomBytes } from 'node:crypto'
import { existsSync, lstatSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Server } from 'node:net'
import { dirname, join } from 'node:path'
import { SocketError } from '@ringpost/core'
import type { Site } from '@ringpost/core/internal'
import { connectionSettings } from '../engine/connectionSettings.ts'
import type { Carrier } from './carrier.ts'
import { StreamDialer } from './dialer.ts'
import { listenAt, systemError } from './listenAt.ts'
import { StreamListener } from './listener.ts'
import { Wire } from './wire.ts'

/** `sun_path` has 108 bytes, and the last one is zero. @see unix(7) */
const LONGEST_PATH_BYTES = 107

/** Unix domain sockets between processes of one machine. @see zmq_ipc(7) */
export const ipc: Carrier = {
  listen,

  check(address, site) {
    pathOf(address)
    connectionSettings(site)
  },

  dial(address, site, pipeName) {
    const path = pathOf(address)
    return new StreamDialer(site, `ipc://${address}`, pipeName, () => Wire.connect({ path }))
  },
}

function listen(address: string, site: Site): StreamListener {
  if (address === '*') return listenAnywhere(site)
  const path = pathOf(address)
  const server = path.startsWith('\0')
    ? listenAt({ path }, site.options.backlog)
    : takePath(path, site.options.backlog)
  return new StreamListener(server, `ipc://${address}`, site)
}

/**
 * Takes a path from whoever had it, at once for those who connect. A handle deletes the file that it was
 * bound to when it is closed, and by then another may have taken the path: it is bound beside it, by a name that
 * nobody else has who takes the path now.
 */
function takePath(path: string, backlog: number): Server {
  const folder = dirname(path)
  const beside = join(folder, `~${randomBytes(4).toString('hex')}`)
  if (Buffer.byteLength(beside) > LONGEST_PATH_BYTES) throw new SocketError('ENAMETOOLONG')
  if (!existsSync(folder)) throw new SocketError('ENOENT')
  // A socket that nobody listens at stays there as a file.
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found !== undefined && !found.isSocket()) throw new SocketError('EADDRINUSE')
  const server = listenAt({ path: beside }, backlog)
  try {
    renameSync(beside, path)
  } catch (error) {
    server.close()
    throw systemError(error as NodeJS.ErrnoException)
  }
  return server
}

/** In a folder of its own, which goes when the listener does. */
function listenAnywhere(site: Site): StreamListener {
  const folder = mkdtempSync(join(tmpdir(), 'ringpost-'))
  const path = join(folder, 'socket')
  const server = listenAt({ path }, site.options.backlog)
  server.once('close', () => rmSync(folder, { recursive: true, force: true }))
  return new StreamListener(server, `ipc://${path}`, site)
}

/** A name that begins with @ is in Linux's abstract name space: no file stands for it. */
function pathOf(address: string): string {
  if (address === '@') throw new SocketError('EINVAL')
  const path = address.startsWith('@') ? `\0${address.slice(1)}` : address
  if (Buffer.byteLength(path) > LONGEST_PATH_BYTES) throw new SocketError('ENAMETOOLONG')
  return path
}
