import type { Task } from './task.ts'

/** Tasks that have settled, and whose results wait to be read. */
export interface Arrivals {
  put(task: Task): void
  /** The next one that is to be read, if it is there. */
  take(): Task | undefined
  clear(): void
}

const FIRST_CAPACITY = 64

/** Results are read in the order of their items, whenever they have come. */
export class InOrder implements Arrivals {
  #ring: (Task | undefined)[] = Array.from({ length: FIRST_CAPACITY })
  /** The index of the task that is read next. */
  #next = 0

  put(task: Task): void {
    while (task.index - this.#next >= this.#ring.length) this.#grow()
    this.#ring[task.index & (this.#ring.length - 1)] = task
  }

  take(): Task | undefined {
    const at = this.#next & (this.#ring.length - 1)
    const task = this.#ring[at]
    if (task === undefined) return undefined
    this.#ring[at] = undefined
    this.#next++
    return task
  }

  clear(): void {
    this.#ring = []
  }

  #grow(): void {
    const length = this.#ring.length * 2
    const grown = Array.from<Task | undefined>({ length })
    for (const task of this.#ring) if (task !== undefined) grown[task.index & (length - 1)] = task
    this.#ring = grown
  }
}

/** Results are read as they come. */
export class AsTheyFinish implements Arrivals {
  /** Two stacks of a queue: what has come since, and what is being read, last first. */
  #come: Task[] = []
  #read: Task[] = []

  put(task: Task): void {
    this.#come.push(task)
  }

  take(): Task | undefined {
    if (this.#read.length === 0) {
      if (this.#come.length === 0) return undefined
      const empty = this.#read
      this.#read = this.#come.reverse()
      this.#come = empty
    }
    return this.#read.pop()
  }

  clear(): void {
    this.#come.length = 0
    this.#read.length = 0
  }
}
