import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { withoutSlowEnd } from '../../support/program.ts'

/** By the specifier that a program imports: the one line to change. */
export const specifiers = {
  'zeromq.js': 'zeromq',
  Ringpost: '@ringpost/transport/zeromq',
} as const
export type Library = keyof typeof specifiers

const here = fileURLToPath(new URL('.', import.meta.url))
const workspace = fileURLToPath(new URL('../../..', import.meta.url))
const isProgram = (file: string): boolean => /\.(ts|cjs)$/.test(file) && file !== 'libraries.ts'

/** The programs beside this file, compiled against one library's types, in a folder of their own. */
export class Programs {
  readonly #folder = mkdtempSync(join(tmpdir(), 'ringpost-drop-in-'))

  constructor(library: Library) {
    mkdirSync(join(this.#folder, 'src'))
    symlinkSync(join(workspace, 'test/node_modules'), join(this.#folder, 'node_modules'))
    for (const file of readdirSync(here).filter(isProgram)) {
      const source = readFileSync(join(here, file), 'utf8')
      const changed = source.replaceAll(/'zeromq(?=['/])/g, `'${specifiers[library]}`)
      writeFileSync(join(this.#folder, 'src', file), changed)
    }
    writeFileSync(join(this.#folder, 'package.json'), JSON.stringify({ type: 'module' }))
    const options = {
      extends: join(workspace, 'tsconfig.base.json'),
      compilerOptions: {
        allowJs: true,
        checkJs: true,
        typeRoots: [join(workspace, 'node_modules/@types')],
      },
    }
    writeFileSync(join(this.#folder, 'tsconfig.json'), JSON.stringify(options))
    const compiler = createRequire(import.meta.url).resolve('typescript/package.json')
    const command = [join(dirname(compiler), 'bin/tsc'), '-p', this.#folder]
    const { status, stdout } = spawnSync(process.execPath, command, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`For ${library} a program does not compile:\n${stdout}`)
  }

  /** Runs one of them as a process. */
  start(file: string, ...programArguments: string[]): Program {
    return new Program(this.#folder, join(this.#folder, 'dist', file), programArguments)
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }
}

/** A program that runs. */
export class Program {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #ended: Promise<number | null>
  #errors = ''

  constructor(cwd: string, path: string, programArguments: readonly string[]) {
    const child = spawn(process.execPath, [path, ...programArguments], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = child
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text
    })
    this.#ended = new Promise((resolve) => child.once('close', resolve))
  }

  /** The next line that it prints. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (done !== true) return value
    throw new Error(`The program has ended: ${this.#errors}`)
  }

  async lines(count: number): Promise<string[]> {
    const lines: string[] = []
    while (lines.length < count) lines.push(await this.line())
    return lines
  }

  /** All that it prints until it ends by itself, and what it has to complain of. */
  async rest(): Promise<{ lines: string[]; errors: string; exitCode: number | null }> {
    const lines: string[] = []
    for (let next = await this.#lines.next(); next.done !== true; next = await this.#lines.next()) {
      lines.push(next.value)
    }
    const exitCode = await this.#ended
    return { lines, errors: withoutSlowEnd(this.#errors), exitCode }
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#ended
  }
}
