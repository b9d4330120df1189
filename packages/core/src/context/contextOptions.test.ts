import { describe, expect, it } from 'vitest'
import {
  contextOptions,
  decodeContextOption,
  defineContextProperties,
  encodeContextOption,
  initialContextWords,
  readContextOptionById,
  readContextWord,
  writeContextOptionById,
  writeContextWord,
  type ContextInformation,
  type ContextOptionDefinition,
  type ContextOptionHost,
  type ContextOptions,
} from './contextOptions.ts'

/** A context that has options and nothing else. */
class Host implements ContextOptionHost {
  readonly words: Int32Array

  constructor() {
    this.words = initialContextWords()
  }

  [readContextWord](definition: ContextOptionDefinition): number {
    return this.words[definition.word] ?? Number.NaN
  }

  [writeContextWord](definition: ContextOptionDefinition, word: number): void {
    this.words[definition.word] = word
  }
}
defineContextProperties(Host.prototype)

const newHost = () => new Host() as Host & ContextOptions & ContextInformation
const invalid = expect.objectContaining({ code: 'EINVAL', errno: 22, message: 'Invalid argument' })

describe('the table of context options', () => {
  it('gives each a word of its own, with no gap', () => {
    const words = Object.values(contextOptions).map((definition) => definition.word)
    expect(words.toSorted((a, b) => a - b)).toEqual([...words.keys()])
    expect(initialContextWords()).toHaveLength(words.length)
  })

  it('has every number once for reading and once for writing', () => {
    for (const way of ['read', 'write']) {
      const ids = Object.values(contextOptions)
        .filter((definition) => definition.access === way || definition.access === 'readWrite')
        .map((definition) => definition.id)
      expect(new Set(ids).size).toBe(ids.length)
    }
  })
})

describe('properties of contexts', () => {
  it('have libzmq’s defaults', () => {
    const { blocky, ioThreads, maxMessageSize, maxSockets, maxSocketsLimit, ipv6 } = newHost()
    expect({ blocky, ioThreads, maxMessageSize, maxSockets, maxSocketsLimit, ipv6 }).toEqual({
      blocky: true,
      ioThreads: 1,
      maxMessageSize: 2147483647,
      maxSockets: 1023,
      maxSocketsLimit: 65535,
      ipv6: false,
    })
  })

  it('are no others than zeromq.js has', () => {
    const names = Object.getOwnPropertyNames(Host.prototype).filter(
      (name) => name !== 'constructor',
    )
    expect(names.toSorted()).toEqual([
      'blocky',
      'ioThreads',
      'ipv6',
      'maxMessageSize',
      'maxSockets',
      'maxSocketsLimit',
      'threadPriority',
      'threadSchedulingPolicy',
    ])
  })

  it('are read from and written to their words', () => {
    const host = newHost()
    host.ipv6 = true
    host.ioThreads = 75.9
    expect([host.ipv6, host.ioThreads]).toEqual([true, 75])
    expect(host.words[contextOptions.ipv6.word]).toBe(1)
  })

  it('that can only be written read as undefined', () => {
    const host = newHost()
    host.threadPriority = 4
    expect(host.threadPriority).toBeUndefined()
    expect(host.words[contextOptions.threadPriority.word]).toBe(4)
    expect(host.maxSocketsLimit).toBe(65535)
  })

  it('that can only be read cannot be assigned', () => {
    expect(() => Object.assign(newHost(), { maxSocketsLimit: 1 })).toThrow(TypeError)
  })

  it.each<[keyof typeof contextOptions, number[], number[]]>([
    ['ioThreads', [0, 1, 2147483647], [-1, 2147483648, Number.NaN, Infinity]],
    ['maxSockets', [1, 65536], [0, -1]],
    ['maxMessageSize', [0, 2147483647], [-1]],
    ['threadPriority', [0, 99], [-1]],
    ['threadSchedulingPolicy', [0, 2], [-1]],
    ['threadNamePrefix', [-2, 0, 2], [2147483648]],
  ])('%s takes %j and refuses %j', (name, good, bad) => {
    const definition = contextOptions[name]
    for (const value of good) expect(encodeContextOption(definition, value)).toBe(value)
    for (const value of bad) expect(() => encodeContextOption(definition, value)).toThrow(invalid)
  })

  it('say what they wanted in place of a wrong type', () => {
    const { ioThreads, blocky } = contextOptions
    for (const value of ['1', true, null, undefined]) {
      expect(() => encodeContextOption(ioThreads, value)).toThrow(
        new TypeError('Option value must be a number'),
      )
    }
    for (const value of ['1', 1, null, undefined]) {
      expect(() => encodeContextOption(blocky, value)).toThrow(
        new TypeError('Option value must be a boolean'),
      )
    }
  })
})

describe('context options by number', () => {
  it('are read and written in both types', () => {
    const host = newHost()
    expect(readContextOptionById(host, 'bool', 70)).toBe(true)
    expect(readContextOptionById(host, 'int32', 70)).toBe(1)
    writeContextOptionById(host, 'int32', 70, 0)
    expect(host.blocky).toBe(false)
    writeContextOptionById(host, 'int32', 70, 2)
    expect(readContextOptionById(host, 'int32', 70)).toBe(1)
    writeContextOptionById(host, 'bool', 1, true)
    expect(readContextOptionById(host, 'int32', 1)).toBe(1)
    expect(decodeContextOption(contextOptions.maxSockets, 7, 'bool')).toBe(true)
  })

  it('3 is the limit of sockets when read, the priority of threads when written', () => {
    const host = newHost()
    writeContextOptionById(host, 'int32', 3, 7)
    expect(readContextOptionById(host, 'int32', 3)).toBe(65535)
    expect(host.words[contextOptions.threadPriority.word]).toBe(7)
  })

  it('that have no property are kept too', () => {
    const host = newHost()
    expect(readContextOptionById(host, 'int32', 6)).toBe(64)
    writeContextOptionById(host, 'int32', 9, 12)
    expect(readContextOptionById(host, 'int32', 9)).toBe(12)
    writeContextOptionById(host, 'bool', 10, false)
    expect(readContextOptionById(host, 'bool', 10)).toBe(false)
    writeContextOptionById(host, 'int32', 7, 1)
    writeContextOptionById(host, 'int32', 8, 1)
  })

  it('are refused where unknown, of one way only, or out of range', () => {
    const host = newHost()
    for (const id of [0, 4, 7, 8, 99]) {
      expect(() => readContextOptionById(host, 'int32', id)).toThrow(invalid)
    }
    for (const [id, value] of [
      [0, 1],
      [6, 1],
      [99, 1],
      [2, 0],
      [70, -1],
    ] as const) {
      expect(() => writeContextOptionById(host, 'int32', id, value)).toThrow(invalid)
    }
  })

  it('say what they wanted in place of a wrong type', () => {
    const host = newHost()
    expect(() => writeContextOptionById(host, 'int32', 1, 'x')).toThrow(
      new TypeError('Option value must be a number'),
    )
    expect(() => writeContextOptionById(host, 'bool', 70, 1)).toThrow(
      new TypeError('Option value must be a boolean'),
    )
    const message = new TypeError('Identifier must be a number')
    for (const call of [readContextOptionById, writeContextOptionById]) {
      expect(() => Reflect.apply(call, undefined, [host, 'int32', 'a', 1])).toThrow(message)
    }
  })
})
