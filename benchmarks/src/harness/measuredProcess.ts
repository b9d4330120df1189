import { spawn } from 'node:child_process'
import type { Command, Sample } from './question.ts'

/** A measurement that is still running after this time is stopped and reported as such. */
const TIME_LIMIT_MS = 20_000

/** What came of one measurement: a sample, or in a few words why there is none. */
export type Outcome = { readonly sample: Sample } | { readonly failure: string }

/** Runs one measurement in a process of its own. A crash is a result, not an error of the harness. */
export function runMeasurement(command: Command): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command.executable, command.arguments, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIME_LIMIT_MS,
      killSignal: 'SIGKILL',
    })
    let output = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (child.killed) resolve({ failure: `no result in ${TIME_LIMIT_MS / 1000} s` })
      else if (signal !== null) resolve({ failure: `crashed: ${signal}` })
      else if (code !== 0) resolve({ failure: firstErrorLine(errors, code) })
      else resolve(parseSample(output))
    })
  })
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
  const line = errors.split('\n').find((text) => /\w*Error\b|failed/.test(text))
  return line === undefined ? `exit code ${code}` : line.trim().slice(0, 120)
}
