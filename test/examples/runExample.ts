import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { withoutSlowEnd } from '../support/program.ts'

/** What a program wrote, and how it ended. */
interface Run {
  stdout: string
  stderr: string
  exitCode: number
}

export interface RunOptions {
  /** The permissions of files hold for the program even when root runs it (Linux). */
  obeyPermissions?: boolean
}

const builtExamples = new URL('../../examples/dist/', import.meta.url)
const timeLimitMs = 100_000

/** Takes root's right to read everything away; the program still owns what root owns. */
const withoutPrivileges = ['setpriv', '--bounding-set=-dac_override,-dac_read_search']

/**
 * Runs a built example as a process of its own, without a terminal, until it ends.
 *
 * @param file relative to the folder of the built examples
 * @throws {Error} when it did not end in time or a signal ended it
 */
export function runExample(
  file: string,
  programArguments: string[] = [],
  { obeyPermissions = false }: RunOptions = {},
): Promise<Run> {
  const path = fileURLToPath(new URL(file, builtExamples))
  const command = [process.execPath, path, ...programArguments]
  if (obeyPermissions && process.getuid?.() === 0) command.unshift(...withoutPrivileges)
  return new Promise((resolve, reject) => {
    const [program, ...rest] = command as [string, ...string[]]
    execFile(program, rest, { timeout: timeLimitMs, killSignal: 'SIGKILL' }, (error, ...output) => {
      const [stdout, errors] = output
      const stderr = withoutSlowEnd(errors)
      const exitCode = error === null ? 0 : error.code
      if (typeof exitCode === 'number') resolve({ stdout, stderr, exitCode })
      else reject(new Error(`${file} did not end:\n${stdout}\n${stderr}`, { cause: error }))
    })
  })
}
