import { Pair } from '@ringpost/core'
import { talk } from '../shapes/talk.ts'

/** PAIR: messages of one frame or several. */
export const pair = talk({ name: 'PAIR', open: () => new Pair(), isMultipart: true })
