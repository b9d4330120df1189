import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const workspace = new URL('../../', import.meta.url)

/** A page of the documentation. */
export interface Page {
  /** Relative to the workspace, as `docs/guide/errors.md`. */
  readonly path: string
  readonly url: URL
  readonly text: string
}

/** A program in a page, from one fence to the other. */
export interface Program {
  /** A file name that says where to find it: `docs-guide-errors-line-12`. */
  readonly name: string
  readonly source: string
  /** What it prints, as the comments behind its calls of `console.log` say. */
  readonly promisedOutput: string
}

function pageAt(path: string): Page {
  const url = new URL(path, workspace)
  return { path, url, text: readFileSync(url, 'utf8') }
}

/** README, CONTRIBUTING, the packages' READMEs and everything under `docs`. */
export function readPages(): Page[] {
  const docs = readdirSync(new URL('docs/', workspace), { recursive: true }) as string[]
  const paths = docs.filter((path) => path.endsWith('.md')).map((path) => `docs/${path}`)
  const packages = ['core', 'transport'].map((name) => `packages/${name}/README.md`)
  return ['README.md', 'CONTRIBUTING.md', ...packages, ...paths.toSorted()].map(pageAt)
}

/** The blocks of TypeScript in a page: each is a whole program. */
export function programsIn(page: Page): Program[] {
  return [...page.text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => {
    const line = page.text.slice(0, match.index).split('\n').length
    const source = match[1]!
    return {
      name: `${page.path.replace('.md', '').replaceAll('/', '-')}-line-${line}`,
      source,
      promisedOutput: promisedOutput(source),
    }
  })
}

function promisedOutput(source: string): string {
  const comments = source.matchAll(/^.*console\.log\(.*\) \/\/ (.*)$/gm)
  return [...comments].map(([, printed]) => `${printed}\n`).join('')
}

/** Where a page's links lead to within the workspace, without anchors. */
export function linksIn(page: Page): URL[] {
  const targets = [...page.text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map((match) => match[1]!)
  return targets
    .filter((target) => !/^\w+:/.test(target))
    .map((target) => new URL(target, page.url))
}

export const workspacePath = (path: string): string => fileURLToPath(new URL(path, workspace))
