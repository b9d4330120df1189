import { Context } from '@ringpost/transport'
import { PROGRAM } from '../host/address.ts'
import { clockSince } from '../host/clock.ts'
import { Host } from '../host/host.ts'
import { threadPlatform } from '../host/platform.ts'
import { RelayedBoard } from '../host/relayedBoard.ts'
import type { HostTask } from './hostThread.ts'
import { becomeHost } from './inHost.ts'
import { ABORT, type AbortOrder } from './isolation.ts'
import { runHost } from './runHost.ts'

/** What a thread is given to become a host in a process of its own. */
export interface ProcessHostTask extends HostTask {
  /** As the program sees it. */
  readonly machineOriginMs: number
}

/** Makes this thread, in a process of its own, a host, until it is closed. */
export async function runProcessHost(task: ProcessHostTask): Promise<void> {
  becomeHost()
  const { system, number, seat, beatMs, machineOriginMs } = task
  const board = new RelayedBoard(task.board, seat, {
    abort: (of, mark) => {
      const order: AbortOrder = { seat: of, mark }
      host.notify(PROGRAM, ABORT, order)
    },
    count: (actors) => host.notify(PROGRAM, 'actors', actors),
  })
  // The host's own event loop carries its messages: another thread's would have to wake it for each.
  const clock = clockSince(machineOriginMs)
  const platform = threadPlatform(system, number, new Context({ ioThreads: 0 }), clock)
  const host = new Host(number, platform, board, seat)
  await runHost(host, beatMs, () => host.services.whenTaken(PROGRAM))
}
