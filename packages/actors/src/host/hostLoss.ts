import { ActorError } from '../errors.ts'
import type { Down, HostLoss } from './down.ts'

function inWords(loss: HostLoss): string {
  switch (loss.why) {
    case 'exited':
      return `it exited with code ${loss.exitCode}`
    case 'killed':
      return `its process was ended by ${loss.signal}`
    case 'uncaught':
      return `an error was not caught there: ${loss.error instanceof Error ? loss.error.message : String(loss.error)}`
    case 'out of memory':
      return 'it ran out of memory'
    case 'stuck':
      return `it made no progress for ${loss.forMs} ms`
    case 'terminated':
      return 'it was terminated'
  }
}

/** What fails that waits for the host. @param call what that is, as `value of /counter` */
export function hostDown(host: number, loss: HostLoss | undefined, call?: string): ActorError {
  const gone = call === undefined ? `Host ${host} is gone` : `${call}: host ${host} is gone`
  if (loss === undefined) return new ActorError('EHOSTDOWN', gone)
  const options = loss.why === 'uncaught' ? { cause: loss.error } : undefined
  return new ActorError('EHOSTDOWN', `${gone}: ${inWords(loss)}`, options)
}

/** What watchers of its actors learn. */
export const lostWith = (host: number, loss: HostLoss): Down => ({
  reason: 'host lost',
  host,
  loss,
  error: hostDown(host, loss),
})
