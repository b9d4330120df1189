import type { Down } from '../host/down.ts'
import { errorOf, failureOf } from './failures.ts'

/** How the end of an actor crosses. */
export function toldDown(down: Down): object {
  return 'error' in down ? { reason: down.reason, error: failureOf(down.error) } : { ...down }
}

/** The end that another node has told of, whatever that was. */
export function downOf(told: unknown): Down {
  const { reason, error } = (typeof told === 'object' && told !== null ? told : {}) as {
    reason?: unknown
    error?: unknown
  }
  switch (reason) {
    case 'stopped':
    case 'no such actor':
      return { reason }
    case 'host lost':
    case 'node lost':
      return { reason, error: errorOf(error) }
    default:
      return { reason: 'failed', error: errorOf(error) }
  }
}
