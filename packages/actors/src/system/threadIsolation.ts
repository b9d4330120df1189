import { randomUUID } from 'node:crypto'
import type { ResourceLimits } from 'node:worker_threads'
import { context } from '@ringpost/core'
import { PROGRAM } from '../host/address.ts'
import { Board } from '../host/board.ts'
import { threadPlatform } from '../host/platform.ts'
import { socketNetwork } from '../nodes/sockets.ts'
import type { HostOrder, HostRunner } from './hostRunner.ts'
import { hostModule, HostThread } from './hostThread.ts'
import type { Isolation } from './isolation.ts'

/** Hosts are threads of the program's process. */
export class ThreadIsolation implements Isolation {
  readonly system = randomUUID()
  readonly program = threadPlatform(this.system, PROGRAM, context)
  readonly network = socketNetwork
  readonly board: Board
  readonly file = hostModule
  readonly #resourceLimits: ResourceLimits | undefined

  /** @param seats of the program and of its hosts */
  constructor(seats: number, resourceLimits: ResourceLimits | undefined) {
    this.board = Board.of(seats)
    this.#resourceLimits = resourceLimits
  }

  run(order: HostOrder): HostRunner {
    const task = { ...order, system: this.system, board: this.board.buffer }
    return new HostThread(task, this.#resourceLimits)
  }
}
