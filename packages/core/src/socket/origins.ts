import { SocketError } from '../errors.ts'

/** A scheme and a host, and a port unless it is the scheme's own. */
const form = /^[a-z][\da-z.+-]*:\/\/[\da-z._~:[\]-]*$/

/**
 * Reads a list of origins, between which there are spaces.
 *
 * @returns the list, each origin as browsers write it
 * @throws {SocketError} `EINVAL`: a browser would write one of them otherwise, and so never be let in by it
 * @see RFC 6454 sections 6 and 7
 */
export function originList(text: string): string {
  const origins = text.split(' ').filter((origin) => origin !== '')
  const wrong = origins.length === 0 ? text : origins.find((origin) => !isOrigin(origin))
  if (wrong === undefined) return origins.join(' ')
  const what = `${JSON.stringify(wrong)} is no origin such as https://app.example`
  throw new SocketError('EINVAL', { message: `Invalid argument: ${what}` })
}

/** `null` is what a page says that has none; of other schemes than the Web's a browser keeps the text. */
function isOrigin(text: string): boolean {
  if (text === '*' || text === 'null') return true
  if (!form.test(text)) return false
  return !/^https?:/.test(text) || (URL.canParse(text) && new URL(text).origin === text)
}
