import { ActorDefinition } from '../definition/definition.ts'
import { ActorError } from '../errors.ts'
import { expectRef, type ActorRef } from '../host/ref.ts'
import { typeOf } from '../options/checkOptions.ts'
import { Crew } from './crew.ts'
import { Farm } from './farm.ts'
import { checkFarmOptions, type FarmOptions } from './options.ts'
import { Gathering, Spawner, type Ground, type Recruiter } from './recruiter.ts'
import { workOf, type ModuleFunction, type Work } from './work.ts'

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
  const own = isModule(workers) ? farmOptionsIn(workers) : options
  checkFarmOptions(own)
  checkWorkers(workers)
  const work = isModule(workers) ? moduleIn(workers) : undefined
  const recruiter = recruiterOf(ground, workers, own, firstHost)
  const crew = new Crew(recruiter)
  await crew.open()
  return new Farm(crew, work, recruiter instanceof Gathering ? recruiter : undefined)
}

const isModule = (workers: unknown): workers is ModuleFunction & FarmOptions =>
  typeof workers === 'object' && workers !== null && 'module' in workers

/** A farm of one function may have its options beside it. */
function farmOptionsIn(workers: ModuleFunction & FarmOptions): FarmOptions {
  const { module: _, export: __, ...options } = workers
  return options
}

const moduleIn = ({ module, export: name }: ModuleFunction): Work =>
  workOf({ module, ...(name !== undefined && { export: name }) })

function checkWorkers(workers: unknown): void {
  if (Array.isArray(workers)) for (const worker of workers) expectRef('farm', worker)
  else if (workers !== undefined && !isModule(workers) && !(workers instanceof ActorDefinition))
    throw new ActorError(
      'EINVAL',
      `The workers of a farm are a definition, an array of refs, { module, export } or undefined, not ${typeOf(workers)}`,
    )
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
