import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { Packr } from 'msgpackr'
import { describe, expect, it } from 'vitest'
import { ByteWriter } from './byteWriter.ts'
import { copyValue } from './copyValue.ts'
import { decode, encode, graphs, isSameGraph, roundTrip, values } from './samples.test-support.ts'
import type { ValueContext } from './valueContext.ts'
import { writeValue } from './values.ts'

/** What structured clone makes of a value; only a Buffer stays one. */
function cloned(value: unknown): unknown {
  return Buffer.isBuffer(value) ? value : structuredClone(value)
}

/** With so many fields, one of which holds two more. */
function withFields(count: number): Record<string, unknown> {
  const entries = Array.from({ length: count }, (_, n) => [
    `field ${n}`,
    n === 3 ? { n, x: [n] } : n,
  ])
  return Object.fromEntries(entries) as Record<string, unknown>
}

describe('a value that is written and read', () => {
  it.each([0, 1, 15, 16, 17])('has all of its %i fields', (count) => {
    const object = withFields(count)
    expect(isSameGraph(roundTrip(object), object)).toBe(true)
    const twice = roundTrip({ first: object, list: [object] }) as {
      first: unknown
      list: unknown[]
    }
    expect(twice.list[0]).toBe(twice.first)
    expect(isSameGraph(twice.first, object)).toBe(true)
  })

  it.each([65_535, 65_536])('has all of its %i fields', (count) => {
    const object = withFields(count)
    expect(isSameGraph(roundTrip(object), object)).toBe(true)
  })

  it('has its own fields only, even where all objects were given another', () => {
    Object.defineProperty(Object.prototype, 'touched', {
      value: 1,
      enumerable: true,
      writable: true,
      configurable: true,
    })
    try {
      expect(Object.keys(roundTrip({ own: 1 }) as object)).toEqual(['own'])
      expect(Object.keys(copyValue({ own: 1 }) as object)).toEqual(['own'])
    } finally {
      delete (Object.prototype as { touched?: unknown }).touched
    }
  })

  it('is what structured clone makes of it', () => {
    const wrapped = values.filter((value) => !holdsBuffer(value))
    fc.assert(
      fc.property(wrapped, (value) => {
        expect(isSameGraph(roundTrip(value), cloned(value))).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('is the same to the bit, Buffers and invalid dates included', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(isSameGraph(roundTrip(value), value)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('has an object twice where the first had, and in itself', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        expect(isSameGraph(graph, roundTrip(graph))).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('may be one of thousands of objects', () => {
    const many = Array.from({ length: 5_000 }, (_, n) => ({ n }))
    expect(roundTrip(many)).toEqual(many)
    const twice = [...many, many[4_000]]
    const copy = roundTrip(twice) as object[]
    expect(copy[5_000]).toBe(copy[4_000])
  })

  it('is an own property where the key is __proto__', () => {
    const value = JSON.parse('{"__proto__":{"isAdmin":true},"constructor":1}') as object
    const copy = roundTrip(value) as { isAdmin?: boolean }
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(Object.keys(copy)).toEqual(['__proto__', 'constructor'])
    expect(copy.isAdmin).toBeUndefined()
  })

  it('has own enumerable string keys only', () => {
    const value = Object.create(null, {
      seen: { value: 1, enumerable: true },
      hidden: { value: 2 },
      [Symbol('symbol')]: { value: 3, enumerable: true },
    }) as object
    expect(roundTrip(value)).toStrictEqual({ seen: 1 })
  })

  it('may come from another realm', () => {
    const value: unknown = runInNewContext('({ list: [1, new Map([[new Date(5), /a/g]])] })')
    expect(roundTrip(value)).toEqual({ list: [1, new Map([[new Date(5), /a/g]])] })
    const error = roundTrip(runInNewContext('new TypeError("far")')) as Error
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toBe('far')
  })

  it('asks neither toJSON nor valueOf nor hasOwnProperty', () => {
    const asked = (): never => {
      throw new Error('asked')
    }
    const boxed = Object.assign(Object(5) as object, { valueOf: asked })
    const date = Object.assign(new Date(5), { toJSON: asked })
    const own = Object.defineProperty({ a: 1 }, 'hasOwnProperty', { value: asked })
    expect(roundTrip([boxed, date, own])).toEqual([Object(5), new Date(5), { a: 1 }])
  })
})

describe('binary', () => {
  it.each([0, 1, 63, 64, 65, 256])('of %i bytes has memory of its own', (size) => {
    const bytes = encode(new Uint8Array(size).fill(7))
    const copy = decode(bytes) as Uint8Array
    bytes.fill(0)
    expect(copy).toStrictEqual(new Uint8Array(size).fill(7))
  })

  it('of more is a view of what was received', () => {
    const bytes = encode([Buffer.alloc(257, 7), new Uint8Array(257)])
    const [buffer, array] = decode(bytes) as [Buffer, Uint8Array]
    expect(buffer.buffer).toBe(bytes.buffer)
    expect(array.buffer).toBe(bytes.buffer)
  })

  it('is copied out of shared memory, whatever its size', () => {
    const bytes = encode([Buffer.alloc(1_000, 7), new Float64Array(200), new ArrayBuffer(300)])
    const shared = Buffer.from(new SharedArrayBuffer(bytes.length))
    shared.set(bytes)
    const [buffer, array, arrayBuffer] = decode(shared) as [Buffer, Float64Array, ArrayBuffer]
    expect(buffer.buffer).toBeInstanceOf(ArrayBuffer)
    expect(array.buffer).toBeInstanceOf(ArrayBuffer)
    expect(arrayBuffer).toBeInstanceOf(ArrayBuffer)
  })

  it('may lie in shared memory when it is written', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(7)
    expect(roundTrip(shared)).toStrictEqual(new Uint8Array([7, 7, 7, 7]))
  })

  it('brings along no more than the view shows', () => {
    const view = new Uint16Array(new ArrayBuffer(1_000), 2, 3)
    expect(encode(view).length).toBeLessThan(16)
    expect((roundTrip(view) as Uint16Array).buffer.byteLength).toBe(6)
  })
})

describe('a ref', () => {
  class Ref {
    readonly path: string
    constructor(path: string) {
      this.path = path
    }
  }
  const context: ValueContext = {
    toRef: (value) => (value instanceof Ref ? Buffer.from(value.path) : undefined),
    fromRef: (bytes) => new Ref(bytes.toString()),
  }

  it('is written and read by who knows it', () => {
    const ref = new Ref('inproc://a/1')
    expect(roundTrip({ ref, again: [ref] }, context)).toEqual({ ref, again: [ref] })
  })

  it('is an instance of a class to who does not', () => {
    expect(() => encode({ ref: new Ref('a') })).toThrow('value.ref is an instance of the class Ref')
    expect(() => decode(encode(new Ref('a'), context))).toThrow('an actor ref where there are none')
  })

  it('may write and read values itself', () => {
    const nested: ValueContext = {
      toRef: (value) => (value instanceof Ref ? encode({ path: value.path }) : undefined),
      fromRef: (bytes) => new Ref((decode(bytes) as Ref).path),
    }
    const value = [{ a: 1 }, new Ref('x'), { b: new Ref('y') }]
    expect(roundTrip(value, nested)).toEqual(value)
  })
})

describe('a value in which nothing is to be a reference', () => {
  it('has an object again where it occurs again', () => {
    const shared = { x: 1 }
    const bytes = encode([shared, shared], { references: false })
    expect(bytes.toString('hex')).toBe('9281a1780181a17801')
  })

  it('has no cycles', () => {
    const cycle: unknown[] = []
    cycle.push(cycle)
    expect(() => encode(cycle, { references: false })).toThrow(/lies more than 500 levels deep/)
  })
})

describe('msgpackr', () => {
  const packr = new Packr({ useRecords: false, moreTypes: true })

  it.each([
    null,
    undefined,
    true,
    [1, -1, 200, -200, 70_000, -70_000, 1.5],
    'ä'.repeat(300),
    { a: { b: ['c', 1n, -(2n ** 100n)] } },
    new Date(1_500_000_000_123),
    Buffer.from('bytes'),
    [new Float32Array([1.5]), new BigUint64Array([5n]), new ArrayBuffer(3)],
  ])('reads what it has a form for: %o', (value) => {
    expect(packr.unpack(encode(value))).toEqual(value)
  })

  it.each([null, undefined, [1, -1, 200, 1.5], 'text', { a: { b: 1 } }, new Date(5), 2n ** 70n])(
    'is read: %o',
    (value) => {
      expect(decode(Buffer.from(packr.pack(value)))).toEqual(value)
    },
  )
})

describe('writing', () => {
  it('goes on after what was written before', () => {
    const writer = new ByteWriter()
    writer.u8(0xff)
    writeValue(writer, [1])
    expect(() => writeValue(writer, [2, { deep: () => 1 }])).toThrow('value[1].deep is a function')
    writer.u16(0x1234)
    expect(writer.take().toString('hex')).toBe('ff91011234')
  })

  it('may be begun by a getter in the middle of another', () => {
    const value = {
      before: [1],
      get middle() {
        return encode({ inner: ['text'] }).length
      },
      after: { last: 1 },
    }
    expect(roundTrip(value)).toStrictEqual({ before: [1], middle: 13, after: { last: 1 } })
  })

  it('ends at a limit, before memory for the rest is taken', () => {
    const huge = Buffer.alloc(100_000)
    const writer = new ByteWriter()
    const code = expect.objectContaining({ code: 'EMSGSIZE' }) as Error
    expect(() => writeValue(writer, { huge }, { maxBytes: 1_000 })).toThrow(code)
    expect(writer.bytes.length).toBeLessThan(50_000)
    expect(() => writeValue(writer, 'x'.repeat(1_000), { maxBytes: 1_002 })).toThrow(code)
    expect(writer.size).toBe(0)
    writeValue(writer, 'x'.repeat(1_000), { maxBytes: 1_003 })
    expect(writer.size).toBe(1_003)
  })
})

function holdsBuffer(value: unknown): boolean {
  if (Buffer.isBuffer(value)) return true
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false
  if (value instanceof Map) return [...value].flat().some(holdsBuffer)
  if (value instanceof Set) return [...value].some(holdsBuffer)
  return Object.values(value).some(holdsBuffer)
}
