/**
 * So much of what a socket tells its application may wait to be received. It has no other bound: peers
 * come and go, and what that leaves to be told is not theirs to hold back.
 */
export const MOST_WAITING_BYTES = 67_108_864
/** What a message costs besides its bytes. */
export const WAITING_OVERHEAD_BYTES = 256

interface Waiting<Notice> {
  readonly notice: Notice
  readonly bytes: number
}

/** Messages of a socket's own: that a peer came or went. Those for which there is no place are dropped. */
export class NoticeQueue<Notice> {
  readonly #waiting: Waiting<Notice>[] = []
  /** Where those begin that have not been received. */
  #next = 0
  #bytes = 0
  /** How many wait. */
  length = 0

  /** @param bytes of all of its frames */
  add(notice: Notice, bytes: number): void {
    const cost = bytes + WAITING_OVERHEAD_BYTES
    if (this.#bytes + cost > MOST_WAITING_BYTES) return
    this.#waiting.push({ notice, bytes: cost })
    this.#bytes += cost
    this.length++
  }

  shift(): Notice | undefined {
    if (this.length === 0) return undefined
    const { notice, bytes } = this.#waiting[this.#next++]!
    this.#bytes -= bytes
    this.length--
    // Not at each: what is left would be moved as often.
    if (this.#next > this.length) {
      this.#waiting.splice(0, this.#next)
      this.#next = 0
    }
    return notice
  }
}
