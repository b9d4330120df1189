import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const { resolve } = createRequire(import.meta.url)

/** Where a package is, in a form that any thread can import, wherever its code comes from. */
export function urlOf(packageName: string): string {
  return pathToFileURL(resolve(packageName)).href
}
