/** The bytes of a stream, as many at a time as are asked for. */
export class ByteReader {
  readonly #input: AsyncIterator<Buffer>
  #chunks: Buffer[] = []
  #length = 0

  constructor(input: AsyncIterable<Buffer>) {
    this.#input = input[Symbol.asyncIterator]()
  }

  /** Undefined when the stream ends before. */
  async take(count: number): Promise<Buffer | undefined> {
    while (this.#length < count) {
      const { done, value } = await this.#input.next()
      if (done === true) return undefined
      this.#chunks.push(value)
      this.#length += value.length
    }
    const all = Buffer.concat(this.#chunks)
    this.#chunks = [all.subarray(count)]
    this.#length -= count
    return all.subarray(0, count)
  }

  /** All that has not been taken, until the stream ends. */
  async *rest(): AsyncGenerator<Buffer> {
    yield* this.#chunks.splice(0)
    for (;;) {
      const { done, value } = await this.#input.next()
      if (done === true) return
      yield value
    }
  }
}
