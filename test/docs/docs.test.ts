import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as core from '@ringpost/core'
import { runExample } from '../examples/runExample.ts'
import { linksIn, programsIn, readPages, workspacePath, type Program } from './pages.ts'

const pages = readPages()
const programs = pages.flatMap(programsIn)

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringpost-docs-'))
  compile(folder, programs)
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Checks the types of all programs at once, in a package that has ours to import. */
function compile(target: string, all: readonly Program[]): void {
  mkdirSync(join(target, 'src'))
  mkdirSync(join(target, 'plain'))
  mkdirSync(join(target, 'node_modules/@ringpost'), { recursive: true })
  for (const name of ['core', 'transport', 'actors']) {
    symlinkSync(workspacePath(`packages/${name}`), join(target, 'node_modules/@ringpost', name))
  }
  // A library for schemas, as a reader would have one.
  symlinkSync(workspacePath('test/node_modules/zod'), join(target, 'node_modules/zod'))
  for (const { name, source } of all) {
    writeFileSync(join(target, 'src', `${name}.ts`), source)
    writeFileSync(join(target, 'plain', `${name}.mjs`), source)
  }
  writeFileSync(join(target, 'package.json'), JSON.stringify({ type: 'module' }))
  const options = {
    extends: workspacePath('tsconfig.base.json'),
    compilerOptions: { typeRoots: [workspacePath('node_modules/@types')] },
  }
  writeFileSync(join(target, 'tsconfig.json'), JSON.stringify(options))

  const compiler = createRequire(import.meta.url).resolve('typescript/package.json')
  const run = spawnSync(process.execPath, [join(dirname(compiler), 'bin/tsc'), '-p', target], {
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(`A program in the documentation is wrong:\n${run.stdout}`)
}

describe('the programs in the documentation', () => {
  it('are found', () => {
    expect(programs.map(({ name }) => name)).toContainEqual(expect.stringMatching(/^README-line-/))
  })

  it.concurrent.for(programs)('$name prints what it says', async (program, { expect }) => {
    const { name, source, promisedOutput } = program
    // As readers save it; only `using` is not in every Node.js.
    const path = source.includes('using ') ? `dist/${name}.js` : `plain/${name}.mjs`
    const run = await runExample(pathToFileURL(join(folder, path)).href)
    expect(run).toEqual({ stdout: promisedOutput, stderr: '', exitCode: 0 })
  })
})

describe('the pages of the documentation', () => {
  const types = Object.entries(core).filter(
    ([, value]) => typeof value === 'function' && value.prototype instanceof core.Socket,
  )

  it.each(types.map(([name]) => name))('there is one for %s', (name) => {
    const path = `docs/patterns/${name.toLowerCase()}.md`
    expect(pages.find((page) => page.path === path)?.text).toContain(`\`${name}\``)
  })

  it('name errors by their numbers', () => {
    const { text } = pages.find((page) => page.path === 'docs/guide/errors.md')!
    const rows = [...text.matchAll(/`(E[A-Z]+)`(?: +\|)? (\d+)/g)]
    expect(rows.length).toBeGreaterThan(20)
    for (const [, code, errno] of rows) {
      expect(new core.SocketError(code as core.SocketErrorCode).errno).toBe(Number(errno))
    }
  })

  it.each(pages)('$path links to what is there', (page) => {
    expect(linksIn(page).filter((link) => !existsSync(link))).toEqual([])
  })
})
