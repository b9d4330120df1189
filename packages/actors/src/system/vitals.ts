import type { Duplex } from 'node:stream'

/**
 * What the program and the process of a host tell each other beside the mesh, which the host's thread may be too
 * busy to read: records over a pipe that both have from the beginning, little-endian.
 *
 *      0      4       8        8+n
 *      +------+-------+--------+
 *      | what | value | loss   |
 *      +------+-------+--------+
 *
 * | what     | from    | value                                                    |
 * | -------- | ------- | -------------------------------------------------------- |
 * | abort    | program | generation of an actor, or mark of a task, that is to stop |
 * | abortAll | program | 0                                                        |
 * | progress | process | as the host's thread shows it                            |
 * | loss     | process | bytes of the value that follows: why the thread has ended |
 *
 * The end of the pipe says that who was at the other end is no more.
 */
export const vital = { abort: 1, abortAll: 2, progress: 3, loss: 4 } as const

type Vital = (typeof vital)[keyof typeof vital]

const HEAD_BYTES = 8

/** One end of the pipe. */
export class Vitals {
  readonly #pipe: Duplex
  readonly #heard: (what: Vital, value: number, body: Buffer) => void
  #rest: Buffer = Buffer.alloc(0)

  /** @param heard called with each record */
  constructor(pipe: Duplex, heard: (what: Vital, value: number, body: Buffer) => void) {
    this.#pipe = pipe
    this.#heard = heard
    pipe.on('data', (chunk: Buffer) => this.#read(chunk))
  }

  tell(what: Exclude<Vital, typeof vital.loss>, value: number): void {
    this.#pipe.write(head(what, value))
  }

  /** @param told called when it has left, and the pipe was closed */
  tellLoss(loss: Buffer, told: () => void): void {
    this.#pipe.write(head(vital.loss, loss.length))
    this.#pipe.end(loss, told)
  }

  #read(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (bytes.length >= HEAD_BYTES) {
      const what = bytes.readUInt32LE(0) as Vital
      const value = bytes.readUInt32LE(4)
      const end = HEAD_BYTES + (what === vital.loss ? value : 0)
      if (bytes.length < end) break
      this.#heard(what, value, bytes.subarray(HEAD_BYTES, end))
      bytes = bytes.subarray(end)
    }
    this.#rest = bytes
  }
}

function head(what: Vital, value: number): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES)
  bytes.writeUInt32LE(what, 0)
  bytes.writeUInt32LE(value >>> 0, 4)
  return bytes
}
