import type { ResourceLimits } from 'node:worker_threads'
import { context } from '@ringpost/core'
import { PROGRAM } from '../host/address.ts'
import type { Clock } from '../host/clock.ts'
import { threadPlatform, type Platform } from '../host/platform.ts'
import type { Network } from '../nodes/network.ts'
import { socketNetwork } from '../nodes/sockets.ts'
import { PooledThread, type HostTask, type HostThread } from './hostThread.ts'

/** What a system stands on: threads and sockets, or a simulation of them. */
export interface Setting {
  /** The name of the system, which no other of the process has. */
  readonly system: string
  readonly clock: Clock
  /** From 0 up to 1: what spreads out things that should not all happen at once. */
  readonly random: () => number
  /** How it reaches other nodes. */
  readonly network: Network
  /** Of the program's own host. */
  readonly program: Platform
  startThread(task: HostTask, limits: ResourceLimits | undefined): HostThread
}

/** @param system as `Setting.system` */
export function threadSetting(system: string): Setting {
  const program = threadPlatform(system, PROGRAM, context)
  return {
    system,
    clock: program.clock,
    random: program.random,
    network: socketNetwork,
    program,
    startThread: (task, limits) => new PooledThread(task, limits),
  }
}
