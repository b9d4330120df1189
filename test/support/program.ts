import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { urlOf } from './suiteModule.ts'

/** What a program wrote, line by line, and how it ended. */
export interface Outcome {
  readonly lines: readonly string[]
  readonly errors: string
  readonly code: number | null
  readonly signal: string | null
}

/** Longer than any of these programs takes on a busy machine. */
const GUARD_MS = 100_000

/**
 * What a process and each of its threads say when they are slow to end, on a busy machine even where nothing
 * has to be waited for.
 */
const SLOW_END = /^\(ringpost:\d+\) Waiting until messages that were sent are delivered; .*\n/gm

/** What a process wrote, without what depends on how busy the machine is. */
export const withoutSlowEnd = (written: string): string => written.replace(SLOW_END, '')

/**
 * Runs a text as the main module of a process of its own. In it, `library` is the URL of core, and
 * `libraryPath` its file.
 */
export async function run(source: string, ...options: string[]): Promise<Outcome> {
  return runWith('@ringpost/core', source, ...options)
}

/** As `run`, with another package. */
export async function runWith(
  packageName: string,
  source: string,
  ...options: string[]
): Promise<Outcome> {
  const library = urlOf(packageName)
  const prelude = `
    import { Worker } from 'node:worker_threads'
    import { once } from 'node:events'
    const library = ${JSON.stringify(library)}
    const libraryPath = ${JSON.stringify(fileURLToPath(library))}
    const thread = (source, options = {}) =>
      new Worker(
        'const { workerData, parentPort, Worker } = require("node:worker_threads");' +
          'const { library, libraryPath } = workerData;' + source,
        { eval: true, execArgv: [], ...options, workerData: { library, libraryPath, ...options.workerData } },
      )
  `
  const child = spawn(
    process.execPath,
    [...options, '--no-warnings', '--input-type=module', '--eval', prelude + source],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const guard = setTimeout(() => child.kill('SIGKILL'), GUARD_MS)
  const lines: string[] = []
  createInterface(child.stdout).on('line', (line) => lines.push(line))
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  clearTimeout(guard)
  return { lines, errors: withoutSlowEnd(errors), code, signal }
}
