/** What hosts do whose other side is a process of its own. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

/**
 * Starts the process at the other end; this one fails when it does.
 *
 * @param path of its module, relative to the one that asks
 * @param options handed to it as JSON, its only argument
 */
export function startPeer(asking: string, path: string, options: object): ChildProcess {
  const peer = fork(fileURLToPath(new URL(path, asking)), [JSON.stringify(options)])
  failWith(peer)
  return peer
}

/** Ends this process when another fails, or crashes. */
export function failWith(other: ChildProcess): void {
  other.once('exit', (code, signal) => {
    if (code === 0) return
    console.error(`Error: the other process failed (${signal ?? code})`)
    process.exit(1)
  })
}

/** What the process at the other end says next. */
export async function saidBy(peer: ChildProcess): Promise<unknown> {
  const [said] = (await once(peer, 'message')) as [unknown]
  return said
}

/** A place of this machine where nobody listens. */
export async function freeEndpoint(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `tcp://127.0.0.1:${port}`
}
