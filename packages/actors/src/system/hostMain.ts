import { context } from '@ringpost/core'
import { Board } from '../host/board.ts'
import { Host } from '../host/host.ts'
import type { HostTask } from './hostThread.ts'
import { becomeHost } from './inHost.ts'
import { runHost } from './runHost.ts'

/** The task of a host's thread in the program's own process: it lasts as long as the host. */
export default async function hostMain(task: HostTask): Promise<void> {
  becomeHost()
  const { system, number, seat, beatMs } = task
  await runHost(new Host(system, number, context, new Board(task.board), seat), beatMs)
}
