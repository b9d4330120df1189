import { spawn } from 'node:child_process'
import type { Command, Sample } from './question.ts'

/** A measurement that is still running after this time is stopped and reported as such. */
const TIME_LIMIT_MS = 20_000

/** What came of one measurement: a sample, or in a few words why there is none. */
export type Outcome = { readonly sample: Sample } | { readonly failure: string }

/**
 * Runs one measurement in a process of its own, and in a group: nothing that it has started outlives it. A
 * crash is a result, not an error of the harness.
 */
export function runMeasurement(command: Command): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command.executable, command.arguments, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    child.once('error', reject)
    const { pid } = child
    if (pid === undefined) return
    let output = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      killGroup(pid)
    }, TIME_LIMIT_MS)
    // Being of another group, it does not hear of it by itself.
    const interrupted = (): void => {
      killGroup(pid)
      process.exit(130)
    }
    process.once('SIGINT', interrupted)
    child.once('exit', () => {
      clearTimeout(timer)
      process.off('SIGINT', interrupted)
      killGroup(pid)
    })
    child.once('close', (code, signal) => {
      if (isLate) resolve({ failure: `no result in ${TIME_LIMIT_MS / 1000} s` })
      else if (signal !== null) resolve({ failure: `crashed: ${signal}` })
      else if (code !== 0) resolve({ failure: firstErrorLine(errors, code) })
      else resolve(parseSample(output))
    })
  })
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch (error) {
    // There is nobody left in it.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function parseSample(output: string): Outcome {
  const line = output.trim().split('\n').at(-1) ?? ''
  try {
    return { sample: JSON.parse(line) as Sample }
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    return { failure: `printed no result: ${line.slice(0, 60)}` }
  }
}

function firstErrorLine(errors: string, code: number | null): string {
  // Node shows the line that has thrown, too: `throw new Error(`.
  const line = errors.split('\n').find((text) => /\w*Error\b(?!\()|failed/.test(text))
  return line === undefined ? `exit code ${code}` : line.trim().slice(0, 120)
}
