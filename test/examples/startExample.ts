import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { withoutSlowEnd } from '../support/program.ts'

const builtExamples = new URL('../../examples/dist/', import.meta.url)

/** An example that runs as a process of its own until it ends or is killed. */
export interface RunningExample {
  readonly child: ChildProcess
  /** What it has written so far, to stdout and stderr. */
  output(): string
  /** Resolves when it has written this. */
  says(text: string): Promise<void>
  /** Resolves with its exit code. */
  ended(): Promise<number | null>
  kill(): Promise<void>
}

/** Starts a built example; `file` is relative to the folder of the built examples. */
export function startExample(file: string, programArguments: string[]): RunningExample {
  const path = fileURLToPath(new URL(file, builtExamples))
  return startProgram(process.execPath, [path, ...programArguments])
}

export function startProgram(command: string, programArguments: string[]): RunningExample {
  const child = spawn(command, programArguments, { stdio: 'pipe' })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  let output = ''
  const collect = (text: string): void => {
    output += text
    child.emit('output')
  }
  child.stdout.setEncoding('utf8').on('data', collect)
  child.stderr.setEncoding('utf8').on('data', collect)
  return {
    child,
    output: () => withoutSlowEnd(output),
    async says(text) {
      while (!output.includes(text)) {
        const silent = ended.then(() => {
          if (!output.includes(text)) throw new Error(`it ended without "${text}":\n${output}`)
        })
        await Promise.race([once(child, 'output'), silent])
      }
    },
    ended: () => ended,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
