import type { Down, HostLoss } from '../host/down.ts'
import { errorOf, failureOf } from './failures.ts'

/** How the end of an actor crosses. @param told how errors do */
export function toldDown(down: Down, told: (error: unknown) => object = failureOf): object {
  if (!('error' in down)) return { ...down }
  const all = { ...down, error: told(down.error) }
  if (down.reason !== 'host lost' || down.loss.why !== 'uncaught') return all
  return { ...all, loss: { ...down.loss, error: told(down.loss.error) } }
}

/** The end that another node has told of, whatever that was. */
export function downOf(told: unknown): Down {
  const { reason, error, host, loss } = fieldsOf(told)
  switch (reason) {
    case 'stopped':
    case 'no such actor':
      return { reason }
    case 'host lost':
      return { reason, host: numberOf(host), loss: lossOf(loss), error: errorOf(error) }
    case 'node lost':
      return { reason, error: errorOf(error) }
    default:
      return { reason: 'failed', error: errorOf(error) }
  }
}

/** Why a host of another node ended. */
function lossOf(told: unknown): HostLoss {
  const { why, exitCode, error, forMs } = fieldsOf(told)
  switch (why) {
    case 'exited':
      return { why, exitCode: numberOf(exitCode) }
    case 'uncaught':
      return { why, error: errorOf(error) }
    case 'stuck':
      return { why, forMs: numberOf(forMs) }
    case 'out of memory':
      return { why }
    default:
      return { why: 'terminated' }
  }
}

const fieldsOf = (told: unknown): Record<string, unknown> =>
  (typeof told === 'object' && told !== null ? told : {}) as Record<string, unknown>

const numberOf = (told: unknown): number => (typeof told === 'number' ? told : 0)
