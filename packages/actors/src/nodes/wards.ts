import type { ActorHandle } from '../host/ref.ts'

/** The actors that were spawned for one node, by path: they end with it, and it may stop them. */
export class Wards extends Map<string, ActorHandle> {
  /** Those that are being spawned, or stopped again because nobody waits for them any more. */
  beginning = 0
}
