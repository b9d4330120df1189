import { Pull, Push } from '@ringpost/core'
import { pipeline } from '../shapes/pipeline.ts'

/** PUSH and PULL: messages of one frame or several. */
export const pushPull = pipeline({
  name: 'PUSH-PULL',
  writer: () => new Push(),
  reader: () => new Pull(),
  isMultipart: true,
})
