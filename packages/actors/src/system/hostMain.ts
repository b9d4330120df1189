import { context } from '@ringpost/core'
import { PROGRAM } from '../host/address.ts'
import { Board } from '../host/board.ts'
import { Host } from '../host/host.ts'
import { threadPlatform } from '../host/platform.ts'
import type { HostTask } from './hostThread.ts'
import { becomeHost } from './inHost.ts'

/** The task of a host's thread: it lasts as long as the host. */
export default async function hostMain(task: HostTask): Promise<void> {
  becomeHost()
  const board = new Board(task.board)
  const host = new Host(
    task.number,
    threadPlatform(task.system, task.number, context),
    board,
    task.seat,
  )
  const seat = board.seat(task.seat)
  const beats = task.beatMs > 0 ? setInterval(() => seat.beat(), task.beatMs).unref() : undefined
  const closed = new Promise<void>((resolve) => {
    host.serve('close', async ({ graceMs }: { graceMs: number }) => {
      await host.stopActors({ drain: false, graceMs })
      // The answer leaves first.
      setImmediate(resolve)
    })
  })
  host.open()
  host.notify(PROGRAM, 'hello', undefined)
  await closed
  clearInterval(beats)
  host.close()
}
