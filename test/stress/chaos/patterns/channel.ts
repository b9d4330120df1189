import { Channel } from '@ringpost/core'
import { talk } from '../shapes/talk.ts'

/** CHANNEL: a PAIR of single frames. */
export const channel = talk({ name: 'CHANNEL', open: () => new Channel(), isMultipart: false })
