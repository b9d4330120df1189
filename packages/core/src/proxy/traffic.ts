/** What went one way through one socket of a proxy. */
export interface Traffic {
  /** Whole messages, however many frames they have. */
  readonly messages: number
  /** Bytes of their frames. */
  readonly bytes: number
}

/** What a proxy has passed on since it began to run. */
export interface ProxyStatistics {
  readonly frontEnd: { readonly received: Traffic; readonly sent: Traffic }
  readonly backEnd: { readonly received: Traffic; readonly sent: Traffic }
}

export const NO_TRAFFIC: Traffic = { messages: 0, bytes: 0 }

/** Counts up one way through one socket. */
export class TrafficCount {
  #messages = 0
  #bytes = 0

  add(bytes: number): void {
    this.#messages++
    this.#bytes += bytes
  }

  get total(): Traffic {
    return { messages: this.#messages, bytes: this.#bytes }
  }
}
