import { context } from '@ringpost/core'
import { whenImported } from '../definition/importModule.ts'
import { Board } from '../host/board.ts'
import { Host } from '../host/host.ts'
import { threadPlatform } from '../host/platform.ts'
import type { HostTask } from './hostThread.ts'
import { becomeHost } from './inHost.ts'
import { runHost } from './runHost.ts'

/** Makes this thread a host, until it is closed. */
export async function runThreadHost({
  system,
  number,
  seat,
  board,
  beatMs,
}: HostTask): Promise<void> {
  becomeHost()
  const platform = threadPlatform(system, number, context)
  // A thread that ends while it loads modules leaves their files open: Node.js does not close what it was about
  // to open.
  await runHost(new Host(number, platform, new Board(board), seat), beatMs, whenImported)
}
