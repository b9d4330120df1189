import { ActorError } from '../errors.ts'
import { soon } from '../host/soon.ts'
import type { Crew } from './crew.ts'
import { Job, type Terms } from './job.ts'
import { Task } from './task.ts'

interface Call {
  readonly signal: AbortSignal | undefined
  readonly abort: () => void
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** Single tasks, each with a promise of its own. Those that wait for a worker wait here. */
export class Calls extends Job {
  readonly #crew: Crew
  readonly #calls = new Map<Task, Call>()
  readonly #waiting: Task[] = []
  #count = 0
  /** Whether the crew is to be told, once for all calls of a turn. */
  #isPumping = false

  constructor(crew: Crew, terms: Terms) {
    super(terms)
    this.#crew = crew
    crew.add(this)
  }

  call(item: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.isOver) throw new ActorError('ECLOSED', 'The farm is closed')
      signal?.throwIfAborted()
      const task = new Task(this, this.#count++, item)
      const abort = (): void => this.#abort(task, signal!.reason)
      signal?.addEventListener('abort', abort, { once: true })
      this.#calls.set(task, { signal, abort, resolve, reject })
      // What may be cancelled goes alone: nothing else is cancelled with it.
      if (signal === undefined) this.#waiting.push(task)
      else this.again.push(task)
      if (this.#isPumping) return
      this.#isPumping = true
      soon(this.#pump)
    })
  }

  take(most: number): Task[] {
    const tasks = this.returned.splice(0, most)
    // Few are shared out evenly, among those that have nothing to do: each lot may have to wake a thread.
    const share = Math.ceil(this.#waiting.length / (this.#crew.idle || this.#crew.size || 1))
    tasks.push(...this.#waiting.splice(0, Math.min(share, most - tasks.length)))
    return tasks
  }

  settled(task: Task): void {
    const call = this.#remove(task)
    if (task.isFailed) call?.reject(task.value)
    else call?.resolve(task.value)
  }

  retried(): void {
    // Nobody counts.
  }

  wake(): void {
    // Each call was told.
  }

  fail(error: unknown): void {
    this.isOver = true
    this.#crew.remove(this)
    for (const task of this.#calls.keys()) this.#remove(task)?.reject(error)
  }

  readonly #pump = (): void => {
    this.#isPumping = false
    this.#crew.pump()
  }

  #abort(task: Task, reason: unknown): void {
    const call = this.#remove(task)
    task.isUnwanted = true
    const at = this.again.indexOf(task)
    if (at === -1) this.#crew.cancel(task)
    else this.again.splice(at, 1)
    call?.reject(reason)
  }

  #remove(task: Task): Call | undefined {
    const call = this.#calls.get(task)
    this.#calls.delete(task)
    call?.signal?.removeEventListener('abort', call.abort)
    return call
  }
}
