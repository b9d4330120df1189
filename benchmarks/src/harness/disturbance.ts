import { readFileSync } from 'node:fs'
import { platform } from 'node:os'

/** Ticks of processor time since the machine or the process started; 100 per second on Linux. */
interface Ticks {
  /** Of all processes. */
  readonly busy: number
  /** Taken by the host of a virtual machine. */
  readonly stolen: number
  /** Of this process and of the children that have ended. */
  readonly own: number
  readonly all: number
}

/**
 * How much of the machine was used by others while something was measured. Numbers taken on a machine
 * that is not quiet are worth little, and this tells.
 */
export class Disturbance {
  readonly #before = platform() === 'linux' ? readTicks() : undefined

  /** A share of the whole machine, 0 to 1; undefined where the system does not tell. */
  share(): number | undefined {
    if (this.#before === undefined) return undefined
    const now = readTicks()
    const elapsed = now.all - this.#before.all
    if (elapsed === 0) return 0
    const busy = now.busy - this.#before.busy
    const own = now.own - this.#before.own
    const stolen = now.stolen - this.#before.stolen
    return Math.max(0, busy - own + stolen) / elapsed
  }
}

/** @see proc(5): `/proc/stat` and `/proc/[pid]/stat` */
function readTicks(): Ticks {
  const total = readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, hard = 0, soft = 0, stolen = 0] =
    total.trim().split(/\s+/).slice(1).map(Number)
  const stat = readFileSync('/proc/self/stat', 'utf8')
  // The second field is a name in parentheses, which may hold blanks.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [own = 0, ownSystem = 0, children = 0, childrenSystem = 0] = fields.slice(11, 15)
  const busy = user + nice + system + hard + soft
  return {
    busy,
    stolen,
    own: own + ownSystem + children + childrenSystem,
    all: busy + idle + waiting + stolen,
  }
}
