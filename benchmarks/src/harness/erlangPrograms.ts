import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plan } from './question.ts'

const sources = new URL('../../erlang/', import.meta.url)
const modules = fileURLToPath(new URL('build/', sources))
const programs = ['flood', 'spawning', 'savina'] as const

type ErlangProgram = (typeof programs)[number]

/** As many processes as the largest benchmark has. */
const MOST_PROCESSES = 2_000_000

let missing: string | undefined
let isCompiled = false

/** How to run one of the Erlang programs on two schedulers; compiles all when first asked. */
export function planErlang(program: ErlangProgram, ...texts: readonly string[]): Plan {
  return planErlangOn(2, program, ...texts)
}

/** The same on so many schedulers. */
export function planErlangOn(
  schedulers: number,
  program: ErlangProgram,
  ...texts: readonly string[]
): Plan {
  if (!isCompiled) compileAll()
  if (missing !== undefined) return { missing }
  const machine = ['-noshell', '+S', `${schedulers}:${schedulers}`, '+P', String(MOST_PROCESSES)]
  const run = ['-pa', modules, '-run', program, 'main', ...texts]
  return { executable: 'erl', arguments: [...machine, ...run] }
}

function compileAll(): void {
  isCompiled = true
  mkdirSync(modules, { recursive: true })
  for (const program of programs) {
    const path = fileURLToPath(new URL(`${program}.erl`, sources))
    const erlc = spawnSync('erlc', ['-o', modules, path], { encoding: 'utf8' })
    if (erlc.error !== undefined) {
      missing = 'no Erlang (Debian: apt-get install erlang-base)'
      return
    }
    if (erlc.status !== 0) throw new Error(`${program}.erl does not compile:\n${erlc.stdout}`)
  }
}
