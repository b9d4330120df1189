import type { KeepAlive } from '../thread/keepAlive.ts'

/** A send or receive whose promise is still open. It keeps the process alive until it settles. */
export class Waiting<T> {
  readonly promise: Promise<T>
  readonly #keepAlive: KeepAlive
  readonly #timer: NodeJS.Timeout | undefined
  #resolve!: (value: T) => void
  #reject!: (error: Error) => void

  /** @param timeoutMs -1 to wait for ever */
  constructor(keepAlive: KeepAlive, timeoutMs: number, onTimeout: () => void) {
    this.#keepAlive = keepAlive
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    keepAlive.hold()
    if (timeoutMs >= 0) this.#timer = setTimeout(onTimeout, timeoutMs)
  }

  resolve(value: T): void {
    this.#end()
    this.#resolve(value)
  }

  reject(error: Error): void {
    this.#end()
    this.#reject(error)
  }

  #end(): void {
    this.#keepAlive.release()
    clearTimeout(this.#timer)
  }
}
