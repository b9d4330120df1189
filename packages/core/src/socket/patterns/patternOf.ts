import { SocketError } from '../../errors.ts'
import { socketTypeId } from '../optionDefinition.ts'
import type { Pattern, PatternHost } from '../pattern.ts'
import { PullPattern } from './pull.ts'
import { PushPattern } from './push.ts'

/** What makes each type; the key is ZeroMQ's number for it. */
const patterns: Readonly<Record<number, (host: PatternHost) => Pattern>> = {
  [socketTypeId.Push]: (host) => new PushPattern(host),
  [socketTypeId.Pull]: () => new PullPattern(),
}

/** @throws {SocketError} `EINVAL`: there is no such type */
export function patternOf(type: number, host: PatternHost): Pattern {
  const make = patterns[type]
  if (make === undefined) throw new SocketError('EINVAL')
  return make(host)
}
