import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

const workspace = fileURLToPath(new URL('../..', import.meta.url))
const compiler = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin/tsc',
)

const build = (): void => {
  execFileSync(process.execPath, [compiler, '-b'], { cwd: workspace, stdio: 'inherit' })
}

/** Worker threads load built modules, so every run, and every re-run in watch mode, builds first. */
export default (project: TestProject): void => {
  build()
  project.onTestsRerun(async () => build())
}
