// Loaded before the host's thread is started, so that this does not have to find out whether it is there.
import '@ringpost/core'
import { rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { Board } from '../host/board.ts'
import { VITALS_FD, type ProcessTask } from './hostProcess.ts'
import { HostThread } from './hostThread.ts'
import { lossToBytes } from './lossValue.ts'
import type { ProcessHostTask } from './processHost.ts'
import { vital, Vitals } from './vitals.ts'

/** The module that the thread of the host runs. */
const hostModule = new URL('./processHostMain.js', import.meta.url)

/**
 * The main thread of a host's process. The host itself has a thread of its own, as it has where it is no process; so
 * this one is never busy, knows why that one has ended, and ends with the program.
 */
const task = JSON.parse(process.argv[2]!) as ProcessTask
const { number, seat: seatNumber, seats, beatMs, system, folder, resourceLimits } = task
const { machineOriginMs } = task
const board = Board.of(seats)
const seat = board.seat(seatNumber)
let isLeaving = false

// They are for the program, and this process ends with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined)

const pipe = new Socket({ fd: VITALS_FD, readable: true, writable: true })
const vitals = new Vitals(pipe, (what, value) => {
  if (what === vital.abort) seat.abort(value)
  else if (what === vital.abortAll) seat.abortAll()
})
pipe.on('error', endWithProgram)
pipe.on('close', endWithProgram)

const hostTask: ProcessHostTask = {
  number,
  seat: seatNumber,
  beatMs,
  system,
  board: board.buffer,
  machineOriginMs,
}
const thread = new HostThread(hostTask, resourceLimits, hostModule)
if (beatMs > 0) setInterval(() => vitals.tell(vital.progress, seat.progress), beatMs).unref()

const loss = await thread.ended
isLeaving = true
if (loss === undefined) process.exit(0)
vitals.tellLoss(lossToBytes(loss), () => process.exit(1))

/** The program is no more. Nobody else removes what it has left, and a thread may be anywhere. */
function endWithProgram(): void {
  if (isLeaving) return
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  process.kill(process.pid, 'SIGKILL')
}
