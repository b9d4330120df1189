import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plan } from './question.ts'

const sources = new URL('../../erlang/', import.meta.url)
const modules = fileURLToPath(new URL('build/', sources))

/** As many processes as the largest benchmark has. */
const MOST_PROCESSES = 2_000_000

let missing: string | undefined
let isCompiled = false

/** How to run one of the Erlang programs on two schedulers; compiles both when first asked. */
export function planErlang(program: 'flood' | 'spawning', ...texts: readonly string[]): Plan {
  if (!isCompiled) compileAll()
  if (missing !== undefined) return { missing }
  const machine = ['-noshell', '+S', '2:2', '+P', String(MOST_PROCESSES), '-pa', modules]
  return { executable: 'erl', arguments: [...machine, '-run', program, 'main', ...texts] }
}

function compileAll(): void {
  isCompiled = true
  mkdirSync(modules, { recursive: true })
  for (const program of ['flood.erl', 'spawning.erl']) {
    const path = fileURLToPath(new URL(program, sources))
    const erlc = spawnSync('erlc', ['-o', modules, path], { encoding: 'utf8' })
    if (erlc.error !== undefined) {
      missing = 'no Erlang (Debian: apt-get install erlang-base)'
      return
    }
    if (erlc.status !== 0) throw new Error(`${program} does not compile:\n${erlc.stdout}`)
  }
}
