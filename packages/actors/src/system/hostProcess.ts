import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { ResourceLimits } from 'node:worker_threads'
import type { HostLoss } from '../host/down.ts'
import type { HostOrder, HostRunner } from './hostRunner.ts'
import { lossFromBytes } from './lossValue.ts'
import { vital, Vitals } from './vitals.ts'

/** What a process is given to run a host. */
export interface ProcessTask extends HostOrder {
  /** Where the hosts of the system meet. */
  readonly system: string
  /** The same as a folder. */
  readonly folder: string
  /** Of the system's board. */
  readonly seats: number
  /** As the program sees it: deadlines are told by its time. */
  readonly machineOriginMs: number
  readonly resourceLimits?: ResourceLimits | undefined
}

/** Where a process has its end of the pipe to the program. */
export const VITALS_FD = 3

/** The module that a host's process runs. */
export const processModule = new URL('./processMain.js', import.meta.url)

/** The process of one host. */
export class HostProcess implements HostRunner {
  readonly number: number
  readonly seat: number
  readonly ended: Promise<HostLoss | undefined>
  readonly #process: ChildProcess
  readonly #vitals: Vitals | undefined
  readonly #report: string
  #loss: HostLoss | undefined

  /** @param progressed called with what the host shows of its progress */
  constructor(task: ProcessTask, progressed: (count: number) => void) {
    this.number = task.number
    this.seat = task.seat
    const report = `${task.number}.json`
    this.#report = join(task.folder, report)
    this.#process = spawn(
      process.execPath,
      [
        ...inherited(process.execArgv),
        '--report-on-fatalerror',
        '--report-compact',
        '--report-exclude-network',
        `--report-directory=${task.folder}`,
        `--report-filename=${report}`,
        fileURLToPath(processModule),
        JSON.stringify(task),
      ],
      { stdio: ['ignore', 'inherit', 'inherit', 'pipe'], windowsHide: true },
    )
    this.ended = this.#exit()
    const pipe = this.#process.stdio[VITALS_FD] as Duplex | null | undefined
    if (pipe === null || pipe === undefined) return
    // It breaks when the process ends, which is heard of as well.
    pipe.on('error', () => undefined)
    this.#vitals = new Vitals(pipe, (what, value, body) => {
      if (what === vital.progress) progressed(value)
      else if (what === vital.loss) this.#loss ??= lossFromBytes(body)
    })
  }

  terminate(loss: HostLoss): void {
    this.#loss ??= loss
    this.#process.kill('SIGKILL')
  }

  /** Shows the host that an actor or a task there is to stop; `undefined`: all are. */
  abort(mark: number | undefined): void {
    if (mark === undefined) this.#vitals?.tell(vital.abortAll, 0)
    else this.#vitals?.tell(vital.abort, mark)
  }

  #exit(): Promise<HostLoss | undefined> {
    return new Promise((resolve) => {
      this.#process.once('error', (error) => resolve({ why: 'uncaught', error }))
      // Not before all was read that it has told.
      this.#process.once('close', (exitCode, signal) => {
        resolve(this.#loss ?? this.#lossOf(exitCode, signal))
        rmSync(this.#report, { force: true })
      })
    })
  }

  /** Why it has ended without a word. */
  #lossOf(exitCode: number | null, signal: NodeJS.Signals | null): HostLoss | undefined {
    if (exitCode === 0) return undefined
    if (signal === null) return { why: 'exited', exitCode: exitCode ?? 0 }
    return this.#isOutOfMemory() ? { why: 'out of memory' } : { why: 'killed', signal }
  }

  /** Node leaves a report where V8 has no memory left. */
  #isOutOfMemory(): boolean {
    try {
      return readFileSync(this.#report, 'utf8').includes('"trigger":"OOMError"')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
  }
}

/** Options of Node that are for the program alone; of those in the second, the value may follow. */
const OWN = /^--inspect|^--(eval|print|input-type)(=|$)|^-(e|p|pe)$/
const OWN_BEFORE_VALUE = /^(--eval|--print|--input-type|-e|-p|-pe)$/

/** Options of Node that a host's process is to have as well, as threads have them. */
function inherited(execArgv: readonly string[]): string[] {
  return execArgv.filter(
    (argument, index) => !OWN.test(argument) && !OWN_BEFORE_VALUE.test(execArgv[index - 1] ?? ''),
  )
}
