import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** What tsx lets programs do. */
interface TsxApi {
  register(): unknown
}

/**
 * Has this thread load TypeScript if the program was started with tsx, which on Node.js 20 does so in the main
 * thread only. Node.js's own type stripping is in every thread anyway.
 */
export async function loadTypeScriptAsTheProgram(): Promise<void> {
  const loader = flagsOfProgram()
    .map(loaderIn)
    .find((found) => found !== undefined)
  if (loader === undefined) return
  try {
    // What is found is for `require`; beside it is the one for modules, which works in threads.
    const api = createRequire(placeOf(loader)).resolve('tsx/esm/api').replace(/cjs$/, 'mjs')
    const tsx = (await import(pathToFileURL(api).href)) as TsxApi
    tsx.register()
  } catch {
    // Another tsx: definitions in TypeScript say by themselves that they cannot be loaded.
  }
}

const flagsOfProgram = (): string[] => [
  ...process.execArgv,
  ...(process.env.NODE_OPTIONS ?? '').split(/\s+/),
]

/** tsx in a value of `--import`: by its name, its path or its URL. */
const loaderIn = (flag: string): string | undefined =>
  /^(?:--import=)?(?<loader>tsx(?:\/esm)?|.*[/\\]tsx[/\\]dist[/\\].*\.mjs)$/.exec(flag)?.groups!
    .loader

/** Where tsx is looked for: from within itself, or from where the program was started. */
function placeOf(loader: string): string {
  if (loader.startsWith('file:')) return fileURLToPath(loader)
  return /[/\\]/.test(loader) && loader !== 'tsx/esm' ? loader : join(process.cwd(), 'program.js')
}
