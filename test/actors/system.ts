import {
  createSystem as createSystemOf,
  type ActorSystem,
  type SystemOptions,
} from '@ringpost/actors'

/** What hosts are in these tests: the project `processes` runs them once more. */
const isolation = process.env['RINGPOST_ISOLATION'] === 'process' ? 'process' : 'thread'

export const createSystem = (options: SystemOptions = {}): Promise<ActorSystem> =>
  createSystemOf({ isolation, ...options })
