import { randomBytes } from 'node:crypto'

/** What nobody guesses, in 32 hexadecimal digits. */
export const random = (): string => randomBytes(16).toString('hex')
