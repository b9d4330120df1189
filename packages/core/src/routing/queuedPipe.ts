/** What the routing strategies need of a pipe that messages come in by. */
export interface ReadablePipe {
  /** Place in the queue; the queue's to use. */
  inIndex: number
  canRead(): boolean
  /** As `canRead`; a stream's reader may let some messages gather first. */
  canReadStream(): boolean
  /** Stops looking for messages. False when there is one after all. */
  parkReading(): boolean
  unparkReading(): void
  /** True when the pipe was at its end and is gone now. */
  endIfDrained(): boolean
}

/** What the routing strategies need of a pipe that messages go out by. */
export interface WritablePipe {
  /** Place in the balancer or fan-out; theirs to use. */
  outIndex: number
  canWrite(): boolean
  /** Waits for room. False when there is room after all. */
  parkWriting(): boolean
}
