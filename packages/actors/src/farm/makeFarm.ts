import { ActorDefinition } from '../definition/definition.ts'
import { ActorError } from '../errors.ts'
import type { ActorRef } from '../host/ref.ts'
import { Crew } from './crew.ts'
import { Farm } from './farm.ts'
import { checkFarmOptions, type FarmOptions } from './options.ts'
import { Gathering, Spawner, type Ground, type Recruiter } from './recruiter.ts'
import { workOf, type ModuleFunction } from './work.ts'

/** What the workers of a farm are: actors of a definition, actors that are there already, or any that run functions. */
export type Workers<Args extends unknown[], H> =
  | ActorDefinition<Args, H>
  | readonly ActorRef<H>[]
  | ModuleFunction
  | undefined

/** @param firstHost the place among the hosts of the one that gets the first worker */
export async function makeFarm<Args extends unknown[], H>(
  ground: Ground,
  workers: Workers<Args, H>,
  options: FarmOptions & { args?: Args },
  firstHost?: number,
): Promise<Farm<H>> {
  checkFarmOptions(options)
  const isModule = workers !== undefined && 'module' in workers
  const work = isModule ? workOf(workers) : undefined
  const recruiter = recruiterOf(ground, workers, options, firstHost)
  const crew = new Crew(recruiter)
  await crew.open()
  return new Farm(crew, work, recruiter instanceof Gathering ? recruiter : undefined)
}

function recruiterOf<Args extends unknown[], H>(
  ground: Ground,
  workers: Workers<Args, H>,
  options: FarmOptions & { args?: Args },
  firstHost: number | undefined,
): Recruiter {
  if (Array.isArray(workers)) {
    if (workers.length === 0) throw new ActorError('EINVAL', 'A farm needs workers')
    return new Gathering(workers as ActorRef<never>[])
  }
  const trade =
    workers instanceof ActorDefinition
      ? { url: workers.url, name: workers.name, args: options.args ?? [] }
      : undefined
  return new Spawner(ground, trade, options.workers, firstHost)
}
