/** What waits in a queue has room in itself for its place there. */
export interface Queued {
  waitsIn: TaskQueue<never> | undefined
  ahead: Queued | undefined
  behind: Queued | undefined
}

/** First in, first out; whoever does not wait any more leaves from anywhere. */
export class TaskQueue<T extends Queued> {
  #first: Queued | undefined
  #last: Queued | undefined
  #length = 0

  get length(): number {
    return this.#length
  }

  push(task: T): void {
    task.waitsIn = this as never
    task.ahead = this.#last
    task.behind = undefined
    if (this.#last === undefined) this.#first = task
    else this.#last.behind = task
    this.#last = task
    this.#length++
  }

  /** For what has waited before. */
  unshift(task: T): void {
    task.waitsIn = this as never
    task.ahead = undefined
    task.behind = this.#first
    if (this.#first === undefined) this.#last = task
    else this.#first.ahead = task
    this.#first = task
    this.#length++
  }

  shift(): T | undefined {
    const task = this.#first as T | undefined
    if (task !== undefined) this.remove(task)
    return task
  }

  remove(task: T): void {
    const { ahead, behind } = task
    if (ahead === undefined) this.#first = behind
    else ahead.behind = behind
    if (behind === undefined) this.#last = ahead
    else behind.ahead = ahead
    task.waitsIn = task.ahead = task.behind = undefined
    this.#length--
  }
}
