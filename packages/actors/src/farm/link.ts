import { ActorError } from '../errors.ts'
import type { ActorHandle, ActorRef } from '../host/ref.ts'
import type { Parcel, Report } from './parcel.ts'
import type { Staff } from './workerActor.ts'

/** How a farm reaches one of its workers. */
export interface Link {
  /** The host of a worker that the farm has spawned. */
  readonly host: number | undefined
  /** The most tasks in one parcel. */
  readonly mostTasks: number
  /** Whether a task's time begins when it is run, not when it is sent. */
  readonly timesTasks: boolean
  /** The mark of the parcel whose code has the worker's thread now; 0: none is known of. */
  readonly running: number
  /** @throws {ActorError} the worker is gone, or the parcel or its report cannot be sent */
  run(parcel: Parcel): Promise<Report>
  /** Nobody wants what comes of the parcel. */
  cancel(parcel: Pick<Parcel, 'id' | 'mark'>): void
  /** The time of a task is over: a loop may see it, and return. */
  hurry(mark: number): void
  /** The farm has no more work for it. */
  dispose(): Promise<void>
}

const lost = new Set<string>(['EHOSTDOWN', 'ENODEDOWN', 'ENOACTOR', 'ESTOPPED', 'ECLOSED'])

/** Whether the error says that the worker is no more, and not somebody whom it has asked. */
export const isLoss = (error: unknown): boolean =>
  error instanceof ActorError && lost.has(error.code) && !('isFromHandler' in error)

/** What hosts see of tasks, and show, without a message. */
export interface TaskBoard {
  /** Shows a host that the task with this mark should come to an end. */
  abortTask(host: number, mark: number): void
  /** The mark of the task whose code has the host's thread now; 0: none is known of. */
  taskAt(host: number): number
}

interface Employer {
  staff(): Staff
}

/** A worker of the farm's own. */
export class OwnLink implements Link {
  readonly host: number
  readonly mostTasks = Infinity
  readonly timesTasks = true
  readonly #employer: ActorHandle<Employer>
  readonly #worker: Staff['worker']
  readonly #foreman: Staff['foreman']
  readonly #board: TaskBoard

  private constructor(
    employer: ActorHandle<Employer>,
    { worker, foreman }: Staff,
    board: TaskBoard,
  ) {
    this.host = worker.address.host
    this.#employer = employer
    this.#worker = worker.with({ timeoutMs: Infinity })
    this.#foreman = foreman
    this.#board = board
  }

  static async by(employer: ActorHandle<Employer>, board: TaskBoard): Promise<OwnLink> {
    return new OwnLink(employer, await employer.ask.staff(), board)
  }

  get running(): number {
    return this.#board.taskAt(this.host)
  }

  run(parcel: Parcel): Promise<Report> {
    return this.#worker.ask.run(parcel)
  }

  cancel({ id, mark }: Pick<Parcel, 'id' | 'mark'>): void {
    this.hurry(mark)
    this.#foreman.send.cancel(id).catch((error: unknown) => {
      // A worker that is gone does nothing any more.
      if (!isLoss(error)) throw error
    })
  }

  hurry(mark: number): void {
    this.#board.abortTask(this.host, mark)
  }

  dispose(): Promise<void> {
    return this.#employer.stop()
  }
}

/** An actor that is not the farm's: it gets its tasks as asks. */
export class RefLink implements Link {
  readonly host = undefined
  readonly mostTasks = 1
  readonly timesTasks = false
  readonly running = 0
  readonly #ref: ActorRef<never>
  readonly #asked = new Map<number, AbortController>()

  constructor(ref: ActorRef<never>) {
    // Tasks may run twice: where a connection is lost for a moment, the worker is not.
    this.#ref = ref.with({ idempotent: true })
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
      const worker = this.#ref.calledWith({ timeoutMs, signal: controller.signal })
      return report(
        await worker.callAsk(work.name, isSpread ? [...(item as unknown[])] : [item]),
        [],
      )
    } catch (error) {
      if (isLoss(error)) throw error
      return report(undefined, [[0, error]])
    } finally {
      this.#asked.delete(id)
    }
  }

  cancel({ id }: Pick<Parcel, 'id'>): void {
    this.#asked.get(id)?.abort(new ActorError('ECANCELLED'))
  }

  hurry(): void {
    // Its ask has failed by itself.
  }

  async dispose(): Promise<void> {
    // It belongs to who spawned it.
  }
}
