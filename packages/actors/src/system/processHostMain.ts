import { Context } from '@ringpost/transport'
import { PROGRAM } from '../host/address.ts'
import { Host } from '../host/host.ts'
import { RelayedBoard } from '../host/relayedBoard.ts'
import type { HostTask } from './hostThread.ts'
import { becomeHost } from './inHost.ts'
import { ABORT, type AbortOrder } from './isolation.ts'
import { runHost } from './runHost.ts'

/** The task of a host's thread in a process of its own: it lasts as long as the host. */
export default async function processHostMain(task: HostTask): Promise<void> {
  becomeHost()
  const { system, number, seat, beatMs } = task
  const board = new RelayedBoard(task.board, seat, {
    abort: (of, mark) => {
      const order: AbortOrder = { seat: of, mark }
      host.notify(PROGRAM, ABORT, order)
    },
    count: (actors) => host.notify(PROGRAM, 'actors', actors),
  })
  // The host's own event loop carries its messages: another thread's would have to wake it for each.
  const host = new Host(system, number, new Context({ ioThreads: 0 }), board, seat)
  await runHost(host, beatMs)
}
