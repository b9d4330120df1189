import { expect, it } from 'vitest'
import { capability } from './capability.ts'

it('says that there are ipc and CURVE, and the newer types of core', () => {
  const offered = Object.entries(capability).filter(([, isOffered]) => isOffered)
  expect(offered.map(([name]) => name).toSorted()).toEqual(['curve', 'draft', 'ipc'])
})
