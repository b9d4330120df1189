import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

const workspace = fileURLToPath(new URL('../..', import.meta.url))
const compiler = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin/tsc',
)

const packages = ['packages/core', 'packages/transport', 'packages/actors']

/** What each test project loads; the compiler adds what these refer to. */
const builtFor: Readonly<Record<string, readonly string[]>> = {
  unit: packages,
  'unit-alone': packages,
  contract: ['test'],
  examples: ['examples', 'test', 'packages/transport', 'packages/actors'],
  interop: ['test', 'packages/transport'],
  peers: ['test', 'examples', 'packages/transport'],
  browser: ['packages/transport'],
  fuzz: ['packages/transport'],
  processes: ['test'],
  stress: ['test', 'examples'],
  suites: ['test'],
}

function build(projectName: string): void {
  const folders = builtFor[projectName]
  if (folders === undefined)
    throw new Error(`test/support/build.ts knows no project ${projectName}`)
  const { status } = spawnSync(process.execPath, [compiler, '-b', ...folders], {
    cwd: workspace,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error(`tsc -b ${folders.join(' ')} failed; its messages are above`)
}

/** Worker threads load built modules, so every run, and every re-run in watch mode, builds first. */
export default (project: TestProject): void => {
  build(project.name)
  project.onTestsRerun(async () => build(project.name))
}
