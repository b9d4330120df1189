import { describe, expect, it } from 'vitest'
import { PAGE_BYTES } from './layout.ts'
import { Arena } from './arena.ts'

/** An arena, and what its buffer does in place of growing; its own way comes as an argument. */
function arenaThatGrows(grow: (own: (bytes: number) => void, bytes: number) => void): Arena {
  const arena = Arena.create(2 ** 28)
  const { buffer } = arena
  const own = buffer.grow.bind(buffer)
  buffer.grow = (bytes) => grow(own, bytes!)
  return arena
}

describe('an arena that grows', () => {
  it('has what it was asked for', () => {
    const arena = arenaThatGrows((own, bytes) => own(bytes))
    const bytes = arena.buffer.byteLength + PAGE_BYTES
    expect(arena.ensure(bytes)).toBe(true)
    expect(arena.buffer.byteLength).toBeGreaterThanOrEqual(bytes)
    expect(arena.ensure(arena.buffer.maxByteLength + 1)).toBe(false)
  })

  it('has it too where another thread has just made it larger still', () => {
    const arena = arenaThatGrows((own, bytes) => {
      own(arena.buffer.maxByteLength)
      own(bytes)
    })
    expect(arena.ensure(arena.buffer.byteLength + PAGE_BYTES)).toBe(true)
  })

  it('says so where the system has no more memory', () => {
    const arena = arenaThatGrows(() => {
      throw new RangeError('Out of memory')
    })
    expect(arena.ensure(arena.buffer.byteLength + PAGE_BYTES)).toBe(false)
  })

  it('hides no other failure', () => {
    const arena = arenaThatGrows(() => {
      throw new TypeError('Not that')
    })
    expect(() => arena.ensure(arena.buffer.byteLength + PAGE_BYTES)).toThrow('Not that')
  })
})
