import { importModule } from '../definition/importModule.ts'
import { moduleUrl, type ModuleName } from '../definition/moduleUrl.ts'
import { ActorError } from '../errors.ts'
import { checkOptions, typeOf, type Kinds } from '../options/checkOptions.ts'
import { must, text } from '../options/kinds.ts'

/** A function that a module exports, as piscina's `filename` and `name` have it. */
export interface ModuleFunction {
  /** The module: `new URL('./work.js', import.meta.url)`, or its href. */
  readonly module: URL | string
  /** What it is exported as. Default `'default'`. */
  readonly export?: string
}

/** Every task that this thread's modules have defined, by where and by what name. */
const tasks = new Map<string, TaskDefinition<never, unknown>>()

const keyOf = (url: string, name: string): string => `${url}#${name}`

/** A function that workers can find: the module that defines it, and its name there. */
export class TaskDefinition<Item, Result> {
  readonly url: string
  readonly name: string
  /** Runs it here and now. */
  readonly call: (item: Item) => Result

  /** @internal */
  constructor(url: string, name: string, call: (item: Item) => Result) {
    this.url = url
    this.name = name
    this.call = call
  }
}

/**
 * Defines a function that workers of a farm can run. To be called while the module loads; the result
 * need not be exported.
 *
 * @param url `import.meta.url` of the calling module; in CommonJS `__filename`
 * @param name unique within the module
 * @throws {ActorError} `EINVAL`: no url, no name, no function, or the module has the name already
 */
export function defineTask<Item, Result>(
  url: ModuleName,
  name: string,
  call: (item: Item) => Result,
): TaskDefinition<Item, Result> {
  const module = moduleUrl('A task', url)
  if (typeof name !== 'string' || name === '') throw new ActorError('EINVAL', 'A task needs a name')
  if (typeof call !== 'function')
    throw new ActorError('EINVAL', `The task ${name} needs a function`)
  const key = keyOf(module, name)
  if (tasks.has(key)) throw new ActorError('EINVAL', `${module} defines the task ${name} twice`)
  const task = new TaskDefinition(module, name, call)
  tasks.set(key, task as never)
  return task
}

/** What workers do with an item, in a form that travels: a handler of theirs, or a function of a module. */
export type Work =
  | { readonly how: 'handler'; readonly name: string }
  | { readonly how: 'export' | 'task'; readonly url: string; readonly name: string }

const workKinds: Kinds<ModuleFunction> = {
  module: must(
    'new URL(…, import.meta.url)',
    (value) => typeof value === 'string' || value instanceof URL,
  ),
  export: text,
}

/** @throws {ActorError} `EINVAL`: it is none of them */
export function workOf(given: string | ModuleFunction | TaskDefinition<never, unknown>): Work {
  if (typeof given === 'string') return { how: 'handler', name: given }
  if (given instanceof TaskDefinition) return { how: 'task', url: given.url, name: given.name }
  if (typeof given === 'function')
    throw new ActorError(
      'EINVAL',
      'A function cannot travel to another thread: give what defineTask(import.meta.url, name, function) returns, or { module, export }',
    )
  if (typeof given !== 'object' || given === null || !('module' in given))
    throw new ActorError(
      'EINVAL',
      `Work is the name of a handler, a task of defineTask or { module, export }, not ${typeOf(given)}`,
    )
  checkOptions('work', given, workKinds)
  const url = String(given.module)
  if (!URL.canParse(url))
    throw new ActorError('EINVAL', `A module needs new URL('./x.js', import.meta.url), not ${url}`)
  return { how: 'export', url, name: given.export ?? 'default' }
}

/**
 * The function, from its module; a task that this thread has defined is there without it.
 *
 * @throws {ActorError} `ELOAD`: the module cannot be imported, not within 20 seconds, or has no such function
 */
export async function loadFunction(
  how: 'export' | 'task',
  url: string,
  name: string,
): Promise<(...args: unknown[]) => unknown> {
  const known = how === 'task' ? taskOf(url, name) : undefined
  if (known !== undefined) return known
  const module = await importModule(url, 'a worker')
  const found = how === 'task' ? taskOf(url, name) : exportOf(module, name)
  if (typeof found === 'function') return found as (...args: unknown[]) => unknown
  const what = how === 'task' ? `defines no task ${name}` : `exports no function ${name}`
  throw new ActorError('ELOAD', `${url} ${what}`)
}

/** The function of the task, if the module that defines it was imported in this thread, or is being evaluated. */
const taskOf = (url: string, name: string): ((...args: unknown[]) => unknown) | undefined =>
  tasks.get(keyOf(url, name))?.call as ((...args: unknown[]) => unknown) | undefined

/** Of CommonJS, `module.exports` is the default export, and its names may be found only there. */
function exportOf(module: Record<string, unknown>, name: string): unknown {
  if (Object.hasOwn(module, name)) return module[name]
  const { default: whole } = module
  const hasNames = (typeof whole === 'object' && whole !== null) || typeof whole === 'function'
  return hasNames && Object.hasOwn(whole, name)
    ? (whole as Record<string, unknown>)[name]
    : undefined
}
