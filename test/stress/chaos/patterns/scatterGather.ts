import { Gather, Scatter } from '@ringpost/core'
import { pipeline } from '../shapes/pipeline.ts'

/** SCATTER and GATHER: a pipeline of single frames. */
export const scatterGather = pipeline({
  name: 'SCATTER-GATHER',
  writer: () => new Scatter(),
  reader: () => new Gather(),
  isMultipart: false,
})
