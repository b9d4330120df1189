import { ActorError } from '../errors.ts'

/** How long a module may take to load, in milliseconds: one that awaits for ever at its top level would. */
const LOAD_MS = 20_000

/** What this thread is importing. */
const underWay = new Set<Promise<unknown>>()

/**
 * Imports a module in this thread. One that this thread is evaluating is waited for, like any other: where its top
 * level waits for what is wanted here, neither comes. So what a thread has defined is not to be asked of its module.
 *
 * @param by who wants it, for people
 * @throws {ActorError} `ELOAD`: it cannot be imported, or not within 20 seconds
 */
export async function importModule(url: string, by: string): Promise<Record<string, unknown>> {
  try {
    return (await within(LOAD_MS, load(url))) as Record<string, unknown>
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ActorError('ELOAD', `${url} cannot be loaded by ${by}: ${why}`, { cause })
  }
}

/** Settles when what this thread is importing now is there, or has failed. */
export async function whenImported(): Promise<void> {
  await Promise.allSettled(underWay)
}

async function load(url: string): Promise<unknown> {
  const loading: Promise<unknown> = import(url)
  underWay.add(loading)
  try {
    return await loading
  } finally {
    underWay.delete(loading)
  }
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it takes longer than ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
