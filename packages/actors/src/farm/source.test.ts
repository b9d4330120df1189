import { describe, expect, it } from 'vitest'
import { nothing, sourceOf, type Source } from './source.ts'

function takeAll(source: Source): unknown[] {
  const items: unknown[] = []
  for (let item = source.take(); item !== nothing; item = source.take()) items.push(item)
  return items
}

const silent = {
  arrived: () => undefined,
  failed: (error: unknown) => {
    throw error
  },
}

describe('a source of what is there', () => {
  it('knows what is left of arrays and sets', () => {
    const source = sourceOf([1, 2, 3], silent)
    expect(source.left).toBe(3)
    source.take()
    expect(source.left).toBe(2)
    expect(sourceOf(new Set([1]), silent).left).toBe(1)
    expect(sourceOf(new Map(), silent).left).toBeUndefined()
    expect(takeAll(source)).toEqual([2, 3])
    expect(source).toMatchObject({ isDone: true, left: 0 })
  })

  it('closes its iterator once, if it has not ended', async () => {
    let closed = 0
    function* items(): Generator<number> {
      try {
        yield 1
        yield 2
      } finally {
        closed++
      }
    }
    const source = sourceOf(items(), silent)
    source.take()
    await source.close()
    await source.close()
    expect(closed).toBe(1)
    expect(source.take()).toBe(nothing)
  })
})

describe('a source of what comes', () => {
  async function* count(log: number[]): AsyncGenerator<number> {
    for (let n = 0; n < 5; n++) {
      log.push(n)
      yield n
    }
  }

  const read = (log: number[]) => {
    let tell = (): void => undefined
    const source = sourceOf(count(log), { ...silent, arrived: () => tell() })
    const until = (isSo: () => boolean) =>
      new Promise<void>((resolve) => (tell = () => (isSo() ? resolve() : undefined)))
    return { source, until }
  }

  it('asks for as many items as are wanted', async () => {
    const log: number[] = []
    const { source, until } = read(log)
    expect(source.take()).toBe(nothing)
    const two = until(() => log.length === 2)
    source.readAhead(2)
    await two
    expect(takeAll(source)).toEqual([0, 1])
    const over = until(() => source.isDone || takeAll(source).length > 10)
    const rest: unknown[] = []
    source.readAhead(10)
    await Promise.race([over, until(() => (rest.push(...takeAll(source)), source.isDone))])
    expect(rest).toEqual([2, 3, 4])
  })

  it('tells of an error, and has ended', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1
      throw new Error('broken')
    }
    const error = await new Promise((resolve) => {
      const source = sourceOf(broken(), { arrived: () => undefined, failed: resolve })
      source.readAhead(2)
    })
    expect(error).toEqual(new Error('broken'))
  })
})
