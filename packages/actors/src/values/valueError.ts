import { ActorError } from '../errors.ts'

/**
 * | code       | when                                                                      |
 * | ---------- | ------------------------------------------------------------------------- |
 * | `EVALUE`   | a value, or something in it, is none that a message carries               |
 * | `EMSGSIZE` | a value needs more bytes than the limit                                   |
 * | `EBADMSG`  | bytes that were received are no value: broken, too deep, or too large     |
 */
export type ValueErrorCode = 'EVALUE' | 'EMSGSIZE' | 'EBADMSG'

/** A value cannot become bytes, or bytes cannot become a value. */
export class ValueError extends ActorError {
  declare readonly code: ValueErrorCode

  constructor(code: ValueErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}
