import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { context } from '@ringpost/core'
import { describe, expect, it } from 'vitest'
import { announcedSeed, Random } from '../support/random.ts'
import { exchange } from './exchange.ts'

const MIB = 2 ** 20

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const seed = announcedSeed('leaks')

describe('10,000 pipes between 20,000 sockets, with messages of mixed sizes', () => {
  it('leave no byte of the context’s memory in use', async () => {
    const random = new Random(seed)
    const before = context.memory.usedBytes
    for (let pipe = 0; pipe < 10_000; pipe++) {
      exchange(random, context, `inproc://${pipe % 7}`)
      if (pipe % 100 === 0) await turn()
      if (pipe % 1000 === 0) expect(context.memory.usedBytes, `after ${pipe}`).toBe(before)
    }
    expect(context.memory.usedBytes).toBe(before)
  })

  it('let neither Node’s memory grow nor what the context has reserved', async () => {
    const random = new Random(seed)
    const round = async (): Promise<{ heap: number; resident: number; reserved: number }> => {
      for (let pipe = 0; pipe < 1000; pipe++) {
        exchange(random, context, 'inproc://rounds')
        if (pipe % 100 === 0) await turn()
      }
      await turn()
      collectGarbage()
      const { heapUsed, rss } = process.memoryUsage()
      return { heap: heapUsed, resident: rss, reserved: context.memory.reservedBytes }
    }
    for (let warmUp = 0; warmUp < 3; warmUp++) await round()
    const before = await round()
    for (let rounds = 0; rounds < 5; rounds++) await round()
    const after = await round()
    expect(after.heap - before.heap).toBeLessThan(4 * MIB)
    expect(after.resident - before.resident).toBeLessThan(64 * MIB)
    expect(after.reserved - before.reserved).toBeLessThan(32 * MIB)
  })
})
