import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plan } from './question.ts'

const sources = new URL('../../native/', import.meta.url)
const executables = new URL('build/', sources)
const programs = [
  'pushPull',
  'roundTrip',
  'weather',
  'spread',
  'idlePipes',
  'tcp',
  'fanOut',
  'connections',
] as const

export type NativeProgram = (typeof programs)[number]

/** Whether libzmq can be measured on this machine, and how to make it so where it cannot. */
type Availability = 'available' | { readonly missing: string }

const HOW_TO_INSTALL = 'Debian: apt-get install gcc libzmq3-dev'

let availability: Availability | undefined

/** How to run one of the C programs; compiles all of them when first asked. */
export function planNative(program: NativeProgram, options: Record<string, string | number>): Plan {
  availability ??= compileAll()
  if (availability !== 'available') return availability
  const texts = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  return { executable: fileURLToPath(new URL(program, executables)), arguments: texts }
}

function compileAll(): Availability {
  mkdirSync(executables, { recursive: true })
  for (const program of programs) {
    const failure = compile(program)
    if (failure !== undefined) return { missing: failure }
  }
  return 'available'
}

function compile(program: NativeProgram): string | undefined {
  const path = (base: URL, name: string): string => fileURLToPath(new URL(name, base))
  const inputs = [path(sources, `${program}.c`), path(sources, 'measure.c')]
  const flags = ['-O2', '-std=gnu11', '-o', path(executables, program)]
  const gcc = spawnSync('gcc', [...flags, ...inputs, '-lzmq', '-lpthread'], { encoding: 'utf8' })
  if (gcc.error !== undefined) return `no gcc (${HOW_TO_INSTALL})`
  if (gcc.status === 0) return undefined
  if (/zmq\.h|-lzmq/.test(gcc.stderr)) return `no libzmq (${HOW_TO_INSTALL})`
  throw new Error(`${program}.c does not compile:\n${gcc.stderr}`)
}
