/** Why a host has ended: its thread, or its process. */
export type HostLoss =
  /** Something called `process.exit` there. */
  | { readonly why: 'exited'; readonly exitCode: number }
  /** Its process was ended by a signal: a native crash, or somebody's `kill`. */
  | { readonly why: 'killed'; readonly signal: NodeJS.Signals }
  /** Something was thrown outside of a handler, or a promise was rejected that nobody awaited. */
  | { readonly why: 'uncaught'; readonly error: unknown }
  /** It came to the limits of its memory (`resourceLimits`), or its process to those of V8. */
  | { readonly why: 'out of memory' }
  /** It made no progress for so long. */
  | { readonly why: 'stuck'; readonly forMs: number }
  /** It was ended: an actor there did not stop in time, or the system closed. */
  | { readonly why: 'terminated' }

/** Why an actor is no more. */
export type Down =
  | { readonly reason: 'stopped' }
  | { readonly reason: 'failed'; readonly error: unknown }
  | {
      readonly reason: 'host lost'
      readonly host: number
      readonly loss: HostLoss
      /** `EHOSTDOWN`; its cause is what was thrown, if something was. */
      readonly error: unknown
    }
  /** The node of the actor is gone: `ENODEDOWN`. */
  | { readonly reason: 'node lost'; readonly error: unknown }
  | { readonly reason: 'no such actor' }
