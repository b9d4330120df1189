import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plan } from './question.ts'

const sources = new URL('../../caf/', import.meta.url)
const executables = new URL('build/', sources)

const HOW_TO_INSTALL = 'Debian: apt-get install g++ libcaf-dev'

/** Undefined before it was compiled. */
let availability: 'available' | { readonly missing: string } | undefined

/** How to run the program of CAF that spawns actors; compiles it when first asked. */
export function planCaf(program: 'spawning', ...texts: readonly string[]): Plan {
  availability ??= compile(program)
  if (availability !== 'available') return availability
  return { executable: fileURLToPath(new URL(program, executables)), arguments: texts }
}

function compile(program: string): 'available' | { readonly missing: string } {
  mkdirSync(executables, { recursive: true })
  const source = fileURLToPath(new URL(`${program}.cpp`, sources))
  // CAF 0.17 uses what C++17 advises against.
  const flags = ['-O2', '-std=c++17', '-Wno-deprecated-declarations']
  const output = ['-o', fileURLToPath(new URL(program, executables))]
  const command = [...flags, ...output, source, '-lcaf_core', '-lpthread']
  const compiler = spawnSync('g++', command, { encoding: 'utf8' })
  if (compiler.error !== undefined) return { missing: `no g++ (${HOW_TO_INSTALL})` }
  if (compiler.status === 0) return 'available'
  if (/caf\/all\.hpp|-lcaf_core/.test(compiler.stderr))
    return { missing: `no CAF (${HOW_TO_INSTALL})` }
  throw new Error(`${program}.cpp does not compile:\n${compiler.stderr}`)
}
