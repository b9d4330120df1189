import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Limits } from './findFiles.ts'

export const usage = `Usage: pnpm start [folder …] [options]

Counts and hashes the text files of a folder, first with one worker thread, then with one on
every core. The folder is by default that of the installed packages.

  --workers <n>         worker threads of the second run (one for each core)
  --max-files <n>       most files to take (no limit)
  --max-megabytes <n>   most megabytes to take (256)
  --all                 take everything, however large
  --help                show this text`

export interface Options {
  folders: string[]
  workers: number
  limits: Limits
  help: boolean
}

/** The command line is wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const installedPackages = fileURLToPath(new URL('../../../node_modules', import.meta.url))

/** @throws {UsageError} */
export function readOptions(commandLine: string[]): Options {
  const { values, positionals } = parse(commandLine)
  return {
    folders: positionals.length === 0 ? [installedPackages] : positionals,
    workers: count('--workers', values.workers, availableParallelism(), 256),
    limits: values.all
      ? { files: Infinity, bytes: Infinity }
      : {
          files: count('--max-files', values['max-files'], Infinity),
          bytes: count('--max-megabytes', values['max-megabytes'], 256) * 1e6,
        },
    help: values.help ?? false,
  }
}

function parse(commandLine: string[]) {
  try {
    return parseArgs({
      // npm's habit is to put two dashes before the options; with pnpm they arrive here.
      args: commandLine[0] === '--' ? commandLine.slice(1) : commandLine,
      allowPositionals: true,
      options: {
        workers: { type: 'string' },
        'max-files': { type: 'string' },
        'max-megabytes': { type: 'string' },
        all: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    const { message } = error as Error
    // Node.js goes on with advice for another kind of program, and leaves a quote open.
    const [unknownOption] = /^Unknown option '.*?'(?=\. )/s.exec(message) ?? [message]
    throw new UsageError(unknownOption, { cause: error })
  }
}

function count(
  option: string,
  text: string | undefined,
  byDefault: number,
  most = Infinity,
): number {
  if (text === undefined) return byDefault
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1 || number > most) {
    const range = most === Infinity ? 'from 1' : `from 1 to ${most}`
    throw new UsageError(`${option} takes a whole number ${range}, not '${text}'`)
  }
  return number
}
