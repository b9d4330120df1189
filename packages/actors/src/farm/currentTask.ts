import { ActorError } from '../errors.ts'

/** What a task may know of itself. */
export interface CurrentTask {
  /** Aborted when nobody waits for the result any more, or the task's time is over. */
  readonly signal: AbortSignal
  /**
   * The same, read from shared memory: it changes even while a loop leaves the thread no time for
   * anything else. A loop that looks at it counts as making progress.
   */
  readonly aborted: boolean
  /** 1 at first; more when it is run again after it has failed or was lost. */
  readonly attempt: number
}

let current: CurrentTask | undefined

/**
 * The task of a farm that this thread has begun. To be called before the task's first `await`:
 * afterwards, it may be another one's.
 *
 * @throws {ActorError} `EINVAL`: no task is being begun
 */
export function currentTask(): CurrentTask {
  if (current === undefined)
    throw new ActorError('EINVAL', 'currentTask() is for tasks, before their first await')
  return current
}

export function setCurrentTask(task: CurrentTask | undefined): void {
  current = task
}

/** A task as its workbench sees it. */
export class RunningTask implements CurrentTask {
  readonly attempt: number
  readonly #isCancelled: () => boolean
  #controller: AbortController | undefined
  #aborted: { readonly reason: unknown } | undefined

  /** @param isCancelled whether the board of the hosts says so */
  constructor(attempt: number, isCancelled: () => boolean) {
    this.attempt = attempt
    this.#isCancelled = isCancelled
  }

  get aborted(): boolean {
    return this.#aborted !== undefined || this.#isCancelled()
  }

  /** Made when first asked for: most tasks never ask. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason)
    }
    return this.#controller.signal
  }

  abort(reason: unknown): void {
    this.#aborted = { reason }
    this.#controller?.abort(reason)
  }
}
