import { ActorError } from '../errors.ts'

/**
 * What was to be said cannot be written: an error of that says of which call. Any other is as it was, and so is one
 * that a handler has thrown, which is about another call.
 *
 * @param call names it, as `add of /counter`; asked only then
 */
export function aboutCall(error: unknown, call: () => string): unknown {
  if (!(error instanceof ActorError) || error.isFromHandler === true) return error
  const { code, message, cause } = error
  if (code !== 'EVALUE' && code !== 'EMSGSIZE') return error
  const prefix = `${call()}: `
  // It was said where another thread made the call.
  if (message.startsWith(prefix)) return error
  return new ActorError(code, prefix + message, cause === undefined ? undefined : { cause })
}
