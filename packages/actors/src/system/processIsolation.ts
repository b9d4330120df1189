import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ResourceLimits } from 'node:worker_threads'
import { Context } from '@ringpost/transport'
import { ActorError } from '../errors.ts'
import { PROGRAM } from '../host/address.ts'
import { boardMemory, type Board } from '../host/board.ts'
import { machineOrigin } from '../host/clock.ts'
import { filesOf } from '../host/meeting.ts'
import { threadPlatform, type Platform } from '../host/platform.ts'
import { RelayedBoard } from '../host/relayedBoard.ts'
import { socketNetwork } from '../nodes/sockets.ts'
import { HostProcess, processModule, type ProcessTask } from './hostProcess.ts'
import type { HostOrder, HostRunner } from './hostRunner.ts'
import type { Isolation } from './isolation.ts'

/** The longest path of a socket's file that can be bound, in bytes. @see unix(7) */
const LONGEST_PATH_BYTES = 106

/** As long as any name of a socket in the folder. */
const LONGEST_NAME = 'ringpost-XXXXXX/4294967295-system'

/**
 * Hosts are processes. They meet in a folder that only this user may enter, which is removed with the system, or by
 * the processes if the program ends without closing it.
 */
export class ProcessIsolation implements Isolation {
  readonly system: string
  readonly board: Board
  readonly file = processModule
  readonly program: Platform
  readonly network = socketNetwork
  readonly #folder: string
  readonly #seats: number
  readonly #resourceLimits: ResourceLimits | undefined
  /** Those that run, by seat. */
  readonly #processes = new Map<number, HostProcess>()

  /**
   * @param seats of the program and of its hosts
   * @throws {ActorError} `EINVAL`: there are no Unix domain sockets here, or the path of the folder for temporary files is too long for them
   */
  constructor(seats: number, resourceLimits: ResourceLimits | undefined) {
    if (process.platform === 'win32')
      throw new ActorError('EINVAL', "isolation 'process' needs Unix domain sockets")
    if (Buffer.byteLength(join(tmpdir(), LONGEST_NAME)) > LONGEST_PATH_BYTES)
      throw new ActorError('EINVAL', `The path is too long for sockets: ${tmpdir()}`)
    this.#folder = mkdtempSync(join(tmpdir(), 'ringpost-'))
    this.system = `ipc://${this.#folder}`
    // The program's own event loop carries its messages: another thread's would have to wake it for each.
    this.program = threadPlatform(this.system, PROGRAM, new Context({ ioThreads: 0 }))
    this.#seats = seats
    this.#resourceLimits = resourceLimits
    this.board = new RelayedBoard(boardMemory(seats), PROGRAM, {
      abort: (seat, mark) => this.#processes.get(seat)?.abort(mark),
      count: () => undefined,
    })
  }

  run(order: HostOrder): HostRunner {
    const task: ProcessTask = {
      ...order,
      system: this.system,
      folder: this.#folder,
      seats: this.#seats,
      machineOriginMs: machineOrigin(),
      resourceLimits: this.#resourceLimits,
    }
    const seat = this.board.seat(order.seat)
    const started = new HostProcess(task, (count) => (seat.progress = count))
    this.#processes.set(order.seat, started)
    return started
  }

  remove(host: number): void {
    for (const endpoint of filesOf(this.system, host)) {
      const path = endpoint.slice('ipc://'.length)
      for (const each of [path, `${path}~`]) rmSync(each, { force: true })
    }
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
