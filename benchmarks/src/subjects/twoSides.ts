import { once } from 'node:events'
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import { Gate } from './gate.ts'

/** What the two sides of a measurement share; each takes of it what it needs. */
export interface Wire {
  /** This side's ends of the channels to the other. */
  readonly ports: readonly MessagePort[]
  /** Two gates; which of them is for what, the sides know. */
  readonly gates: readonly [SharedArrayBuffer, SharedArrayBuffer]
  /** Free for use, and zero at first. */
  readonly memory: SharedArrayBuffer
}

/** What every host is told. */
export interface TwoSidesOptions {
  /** The module beside the host, without extension, whose `subject` is measured. */
  readonly subject: string
  /** Two worker threads, or both sides in the main thread. */
  readonly placement: 'workers' | 'main'
}

/** A function that is one side, found by name so that a thread can import it too. */
export type Side<Options> = (options: Options, wire: Wire) => Promise<unknown>

/** What a thread that is one side is given. */
export interface SideData {
  readonly module: string
  readonly side: string
  readonly options: object
  readonly wire: Wire
}

const MEMORY_BYTES = 1 << 22

/** The options of this process, its only argument. */
export function readOptions<Options>(): Options {
  return JSON.parse(process.argv[2] ?? '{}') as Options
}

/** The subject of that name in the folder of the module that asks. */
export async function loadSubject<Subject>(asking: string, name: string): Promise<Subject> {
  const module = (await import(new URL(`./${name}.js`, asking).href)) as { subject: Subject }
  return module.subject
}

/** Runs a side that a module exports by this name. */
export async function runSide(
  module: string,
  side: string,
  options: object,
  wire: Wire,
): Promise<unknown> {
  const sides = (await import(module)) as Record<string, Side<object>>
  const run = sides[side]
  if (run === undefined) throw new Error(`${module} has no side ${side}`)
  return run(options, wire)
}

/**
 * Runs both sides of a measurement and returns what each of them returns.
 *
 * @param asking the URL of the host, beside which `side.js` and the subjects lie
 * @param sides the names that `side.js` exports
 */
export async function runTwoSides<First, Second>(
  asking: string,
  sides: readonly [string, string],
  options: TwoSidesOptions,
  channelCount = 1,
): Promise<[First, Second]> {
  const module = new URL('./side.js', asking).href
  const channels = Array.from({ length: channelCount }, () => new MessageChannel())
  const shared = {
    gates: [Gate.allocate(), Gate.allocate()] as const,
    memory: new SharedArrayBuffer(MEMORY_BYTES),
  }
  const wires: readonly [Wire, Wire] = [
    { ...shared, ports: channels.map(({ port1 }) => port1) },
    { ...shared, ports: channels.map(({ port2 }) => port2) },
  ]
  // Loaded here first, as in a program that uses the library in its main thread too.
  await loadSubject(asking, options.subject)
  const run = options.placement === 'workers' ? runInThread : runSide
  return Promise.all([
    run(module, sides[0], options, wires[0]) as Promise<First>,
    run(module, sides[1], options, wires[1]) as Promise<Second>,
  ])
}

async function runInThread(
  module: string,
  side: string,
  options: object,
  wire: Wire,
): Promise<unknown> {
  const workerData: SideData = { module, side, options, wire }
  const worker = new Worker(new URL('./sideThread.js', import.meta.url), {
    workerData,
    transferList: [...wire.ports],
  })
  const [result] = (await once(worker, 'message')) as [unknown]
  return result
}
