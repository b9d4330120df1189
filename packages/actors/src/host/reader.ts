/** What all readers of something that comes have in common: they are left in the same way. */
export abstract class Reader<T> implements AsyncGenerator<T, void, void> {
  abstract next(): Promise<IteratorResult<T, void>>
  abstract return(): Promise<IteratorResult<T, void>>

  throw(error: unknown): Promise<IteratorResult<T, void>> {
    void this.return()
    return Promise.reject(error)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }
}
