import type { Player } from './player.ts'

/** A part that a thread can play in a pattern. */
export interface Role {
  readonly name: string
  /** With the main thread, which is always there; or at places where threads meet, or do not. */
  readonly where: 'home' | 'places'
  /** It ends only when its thread is terminated. */
  readonly isEndless?: boolean
  play(player: Player): Promise<void>
}

/** What threads do with a pattern, and what the main thread serves and verifies of it. */
export interface ChaosPattern {
  readonly name: string
  readonly roles: readonly Role[]
  /** The main thread's part; it ends when the player's sockets are closed. */
  serve(player: Player): Promise<void>
  /** Takes what was sent to places where nobody has come since; the main thread's last part. */
  sweep(player: Player): Promise<void>
}
