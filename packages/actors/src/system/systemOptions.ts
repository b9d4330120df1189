import { constants } from 'node:os'
import type { ResourceLimits } from 'node:worker_threads'
import { checkOptions, group, type Kind, type Kinds } from '../options/checkOptions.ts'
import { atLeast, callable, milliseconds, must, oneOf, whole } from '../options/kinds.ts'
import { backoffKind, supervision } from '../supervision/options.ts'
import { logger } from './loggers.ts'
import type { CloseOptions, SystemOptions } from './system.ts'
import type { ReplacementOptions } from './hosts.ts'

const MOST_HOSTS = 1024

const closeKinds: Kinds<CloseOptions> = { drainMs: milliseconds(0), graceMs: milliseconds(0) }

const isSignal = (value: unknown): boolean =>
  typeof value === 'string' && Object.hasOwn(constants.signals, value)

const arrayOfSignals = must("an array of names of signals, such as 'SIGTERM'", Array.isArray)
const nameOfSignal = must("the name of a signal, such as 'SIGTERM'", isSignal)

const signals: Kind = {
  what: arrayOfSignals.what,
  fault(value, name) {
    if (!Array.isArray(value)) return arrayOfSignals.fault(value, name)
    const index = value.findIndex((element) => !isSignal(element))
    return index < 0 ? undefined : nameOfSignal.fault(value[index] ?? null, `${name}[${index}]`)
  },
}

export const systemKinds: Kinds<SystemOptions> = {
  hosts: whole(0, MOST_HOSTS),
  isolation: oneOf('thread', 'process'),
  resourceLimits: group<keyof ResourceLimits>({
    maxYoungGenerationSizeMb: atLeast(0),
    maxOldGenerationSizeMb: atLeast(0),
    codeRangeSizeMb: atLeast(0),
    stackSizeMb: atLeast(0),
  }),
  logger,
  stuckMs: milliseconds(1),
  replacements: group<keyof ReplacementOptions>({
    maxRestarts: atLeast(0),
    withinMs: milliseconds(0),
    backoff: backoffKind,
  }),
  supervision,
  closing: group(closeKinds),
  signals,
  dial: callable,
}

/** @throws {ActorError} `EINVAL`, which names the option */
export const checkSystemOptions = (options: SystemOptions): void =>
  checkOptions('createSystem', options, systemKinds)

/** @throws {ActorError} `EINVAL`, which names the option */
export const checkCloseOptions = (options: CloseOptions): void =>
  checkOptions('close', options, closeKinds)
