import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ActorError } from '../errors.ts'
import { typeOf } from '../options/checkOptions.ts'

/** What names the module that defines something: `import.meta.url`; in CommonJS `__filename`. */
export type ModuleName = string | URL

/**
 * The module, as hosts import it.
 *
 * @param what is defined there, for people
 * @throws {ActorError} `EINVAL`
 */
export function moduleUrl(what: string, given: ModuleName): string {
  if (given instanceof URL) return given.href
  if (typeof given === 'string') {
    if (isAbsolute(given)) return pathToFileURL(given).href
    if (URL.canParse(given)) return given
  }
  const shown = typeof given === 'string' ? JSON.stringify(given) : typeOf(given)
  throw new ActorError(
    'EINVAL',
    `${what} needs import.meta.url, or in CommonJS __filename, not ${shown}`,
  )
}
