import { ActorError } from '../errors.ts'
import type { ActorHandle, ActorRef } from '../host/ref.ts'
import type { Parcel, Report } from './parcel.ts'
import type { Foreman } from './workerActor.ts'

/** How a farm reaches one of its workers. */
export interface Link {
  /** The host of a worker that the farm has spawned. */
  readonly host: number | undefined
  /** The most tasks in one parcel. */
  readonly mostTasks: number
  /** Whether a task's time begins when it is run, not when it is sent. */
  readonly timesTasks: boolean
  /** @throws {ActorError} the worker is gone, or the parcel or its report cannot be sent */
  run(parcel: Parcel): Promise<Report>
  cancel(parcel: number): void
  /** The farm has no more work for it. */
  dispose(): Promise<void>
}

interface WorkerHandlers {
  foreman(): Foreman
  run(parcel: Parcel): Report
}

const lost = new Set<unknown>(['EHOSTDOWN', 'ENOACTOR', 'ESTOPPED', 'ECLOSED'])

/** Whether the error says that the worker is no more. Errors of other hosts are of no class but their own. */
export const isLoss = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ActorError' && 'code' in error && lost.has(error.code)

/** A worker of the farm's own. */
export class OwnLink implements Link {
  readonly host: number
  readonly mostTasks = Infinity
  readonly timesTasks = true
  readonly #handle: ActorHandle<WorkerHandlers>
  readonly #worker: ActorRef<WorkerHandlers>
  readonly #foreman: Foreman

  private constructor(handle: ActorHandle<WorkerHandlers>, foreman: Foreman) {
    this.host = handle.address.host
    this.#handle = handle
    this.#worker = handle.with({ timeoutMs: Infinity })
    this.#foreman = foreman
  }

  static async to(handle: ActorHandle<WorkerHandlers>): Promise<OwnLink> {
    const foreman = await handle.with({ timeoutMs: Infinity }).ask.foreman()
    return new OwnLink(handle, foreman)
  }

  run(parcel: Parcel): Promise<Report> {
    return this.#worker.ask.run(parcel)
  }

  cancel(parcel: number): void {
    this.#foreman.send.cancel(parcel).catch((error: unknown) => {
      // A worker that is gone does nothing any more.
      if (!isLoss(error)) throw error
    })
  }

  dispose(): Promise<void> {
    return this.#handle.stop()
  }
}

/** An actor that is not the farm's: it gets its tasks as asks. */
export class RefLink implements Link {
  readonly host = undefined
  readonly mostTasks = 1
  readonly timesTasks = false
  readonly #ref: ActorRef<never>
  readonly #asked = new Map<number, AbortController>()

  constructor(ref: ActorRef<never>) {
    this.#ref = ref
  }

  async run({ id, work, items, isSpread, timeoutMs }: Parcel): Promise<Report> {
    const controller = new AbortController()
    this.#asked.set(id, controller)
    const [item] = items
    const beganMs = performance.now()
    const report = (value: unknown, failures: Report['failures']): Report => ({
      values: [value],
      failures,
      ms: performance.now() - beganMs,
    })
    try {
      const worker = this.#ref.with({ timeoutMs, signal: controller.signal })
      return report(await worker.callAsk(work.name, isSpread ? (item as unknown[]) : [item]), [])
    } catch (error) {
      if (isLoss(error)) throw error
      return report(undefined, [[0, error]])
    } finally {
      this.#asked.delete(id)
    }
  }

  cancel(parcel: number): void {
    this.#asked.get(parcel)?.abort(new ActorError('ECANCELLED'))
  }

  async dispose(): Promise<void> {
    // It belongs to who spawned it.
  }
}
