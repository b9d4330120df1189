import type { Message } from './message.ts'

/** What an actor does in its turn besides messages: a timer, a step of a stream. */
export interface Turn {
  /** For dead letters and logs. */
  readonly name: string
  /** What it belongs to: `ctx.message` while it runs. */
  readonly message?: Message
  /** Runs alone, as a handler does, as long as what it returns is awaited. */
  run(): unknown
}
