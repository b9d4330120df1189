import type { Context } from '@ringpost/core'
import type { ValueContext } from '../values/index.ts'
import { systemClock, type Clock } from './clock.ts'
import { SocketMesh, type Mesh } from './mesh.ts'
import { threadPacing, type Pacing } from './pacing.ts'

/** What a host runs on: the thread that it is in, or a simulation of one. */
export interface Platform {
  readonly clock: Clock
  /** From 0 up to 1: what spreads out things that should not all happen at once. */
  readonly random: () => number
  readonly pacing: Pacing
  /** Whether what stays within the host is written and read as well, as what leaves it is. */
  readonly encodesAlways: boolean
  /** What joins the host to all others. */
  meshWith(values: ValueContext): Mesh
}

/** The thread of the caller, whose hosts are joined by sockets. @param clock of another process, or for tests */
export const threadPlatform = (
  system: string,
  number: number,
  context: Context,
  clock: Clock = systemClock,
): Platform => ({
  clock,
  random: Math.random,
  pacing: threadPacing,
  encodesAlways: false,
  meshWith: (values) => new SocketMesh(system, number, context, values),
})
