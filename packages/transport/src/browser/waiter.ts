import { SocketError } from './errors.ts'

/** Has one call wait for something. */
export class Waiter<T> {
  #call: { resolve(value: T): void; reject(error: SocketError): void } | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  get isWaiting(): boolean {
    return this.#call !== undefined
  }

  /**
   * @param timeoutMs 0 not to wait, -1 for as long as it takes
   * @throws {SocketError} `EAGAIN`, `EBUSY`, or what `reject` is given
   */
  async wait(timeoutMs: number): Promise<T> {
    if (this.#call !== undefined) throw new SocketError('EBUSY')
    if (timeoutMs === 0) throw new SocketError('EAGAIN')
    return new Promise((resolve, reject) => {
      this.#call = { resolve, reject }
      if (timeoutMs < 0) return
      this.#timer = setTimeout(() => this.reject(new SocketError('EAGAIN')), timeoutMs)
    })
  }

  resolve(value: T): void {
    this.#end()?.resolve(value)
  }

  reject(error: SocketError): void {
    this.#end()?.reject(error)
  }

  #end() {
    clearTimeout(this.#timer)
    const call = this.#call
    this.#call = undefined
    return call
  }
}
