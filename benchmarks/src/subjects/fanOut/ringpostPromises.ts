import * as ringpost from '@ringpost/core'
import type * as zeromq from 'zeromq'
import { promises } from './promises.ts'

export const subject = promises(ringpost as unknown as typeof zeromq, { noDrop: true })
