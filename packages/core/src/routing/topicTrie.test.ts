import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SubscriberTrie, TopicTrie } from './topicTrie.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** Few enough to come back and be removed, and sharing, parting and repeating as much as they can. */
const known = fc
  .constantFrom(
    '',
    'a',
    'ab',
    'abc',
    'abcde',
    'abd',
    'abe',
    'ac',
    'b',
    'ba',
    '\0',
    '\0\xff',
    '\xff',
  )
  .map((text) => Uint8Array.from(Buffer.from(text, 'latin1')))
const topics = fc.oneof(
  { weight: 9, arbitrary: known },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }) },
)
const longer = { maxLength: 100, size: 'max' } as const

function isPrefix(prefix: Uint8Array, bytes: Uint8Array): boolean {
  return hexOf(bytes).startsWith(hexOf(prefix))
}

/** The bytes with others around them that must not be looked at. */
function embedded(bytes: Uint8Array): [Uint8Array, number, number] {
  return [Uint8Array.from([97, ...bytes, 97, 98]), 1, 1 + bytes.length]
}

describe('TopicTrie', () => {
  const prefixesOf = (trie: TopicTrie) => {
    const prefixes: string[] = []
    trie.forEach((prefix) => prefixes.push(hexOf(prefix)))
    return prefixes
  }

  it('matches nothing while it is empty', () => {
    const trie = new TopicTrie()
    expect(trie.matches(bytesOf('a'), 0, 1)).toBe(false)
    expect(trie.matches(bytesOf(''), 0, 0)).toBe(false)
    expect([trie.size, prefixesOf(trie)]).toEqual([0, []])
  })

  it('matches everything with the empty prefix', () => {
    const trie = new TopicTrie()
    expect(trie.add(bytesOf(''))).toBe(true)
    expect(trie.matches(bytesOf('a'), 0, 1)).toBe(true)
    expect(trie.matches(bytesOf(''), 0, 0)).toBe(true)
    expect(trie.remove(bytesOf(''))).toBe(true)
    expect(trie.matches(bytesOf(''), 0, 0)).toBe(false)
  })

  it('wants a prefix removed as often as it was added', () => {
    const trie = new TopicTrie()
    const topic = bytesOf('weather')
    expect([trie.add(topic), trie.add(topic), trie.size]).toEqual([true, false, 1])
    expect([trie.remove(topic), trie.matches(topic, 0, 7)]).toEqual([false, true])
    expect([trie.remove(topic), trie.matches(topic, 0, 7)]).toEqual([true, false])
    expect([trie.remove(topic), trie.size]).toEqual([false, 0])
  })

  it('does not know a prefix where others only part, or one goes on', () => {
    const trie = new TopicTrie()
    for (const topic of ['10001', '10002']) trie.add(bytesOf(topic))
    for (const topic of ['1000', '1', '100010', '', '2']) {
      expect(trie.remove(bytesOf(topic))).toBe(false)
    }
    expect(trie.size).toBe(2)
  })

  it('reads no further than the end', () => {
    const trie = new TopicTrie()
    trie.add(bytesOf('abc'))
    expect(trie.matches(bytesOf('abc'), 0, 2)).toBe(false)
    expect(trie.matches(bytesOf('xabc'), 1, 4)).toBe(true)
  })

  it('keeps a copy of what it is given', () => {
    const trie = new TopicTrie()
    const buffer = Buffer.from('abc')
    trie.add(buffer)
    buffer.fill('z')
    expect(prefixesOf(trie)).toEqual([hexOf(bytesOf('abc'))])
  })

  it('takes prefixes of any length', () => {
    const trie = new TopicTrie()
    const long = new Uint8Array(100_000).fill(7)
    for (let length = 0; length <= long.length; length += 1000) trie.add(long.subarray(0, length))
    expect(trie.size).toBe(101)
    expect(trie.remove(long)).toBe(true)
    expect(prefixesOf(trie)).toHaveLength(100)
  })

  it('behaves as a list of prefixes would', () => {
    const steps = fc.array(
      fc.record({ adds: fc.boolean(), topic: topics, message: topics }),
      longer,
    )
    fc.assert(
      fc.property(steps, (commands) => {
        const trie = new TopicTrie()
        const model: string[] = []
        for (const { adds, topic, message } of commands) {
          const key = hexOf(topic)
          const count = model.filter((other) => other === key).length
          if (adds) {
            expect(trie.add(topic)).toBe(count === 0)
            model.push(key)
          } else {
            expect(trie.remove(topic)).toBe(count === 1)
            if (count > 0) model.splice(model.indexOf(key), 1)
          }
          const matching = model.some((prefix) => hexOf(message).startsWith(prefix))
          expect(trie.matches(...embedded(message))).toBe(matching)
        }
        const different = [...new Set(model)].toSorted()
        expect(prefixesOf(trie)).toEqual(different)
        expect(trie.size).toBe(different.length)
      }),
    )
  })
})

describe('SubscriberTrie', () => {
  const matchesOf = (trie: SubscriberTrie<string>, message: Uint8Array) => {
    const met: string[] = []
    trie.forEachMatch(...embedded(message), (subscriber) => met.push(subscriber))
    return met.toSorted()
  }

  it('tells whom a prefix is new to', () => {
    const trie = new SubscriberTrie<string>()
    const topic = bytesOf('a')
    expect(trie.add(topic, 'one')).toBe('firstOfPrefix')
    expect(trie.add(topic, 'one')).toBe('repeated')
    expect(trie.add(topic, 'two')).toBe('firstOfSubscriber')
    expect(trie.size).toBe(1)
  })

  it('counts a prefix of one subscriber once', () => {
    const trie = new SubscriberTrie<string>()
    const topic = bytesOf('a')
    trie.add(topic, 'one')
    trie.add(topic, 'one')
    expect(trie.remove(topic, 'one')).toBe('lastOfPrefix')
    expect(matchesOf(trie, topic)).toEqual([])
  })

  it('tells what is left of a prefix that is removed', () => {
    const trie = new SubscriberTrie<string>()
    const topic = bytesOf('ab')
    trie.add(topic, 'one')
    trie.add(topic, 'two')
    expect(trie.remove(topic, 'three')).toBe('notFound')
    expect(trie.remove(bytesOf('a'), 'one')).toBe('notFound')
    expect(trie.remove(topic, 'one')).toBe('othersRemain')
    expect(trie.remove(topic, 'one')).toBe('notFound')
    expect(trie.remove(topic, 'two')).toBe('lastOfPrefix')
    expect(trie.size).toBe(0)
  })

  it('meets a subscriber once for each message, however many of its prefixes match', () => {
    const trie = new SubscriberTrie<string>()
    for (const topic of ['', 'a', 'ab', 'abc']) trie.add(bytesOf(topic), 'one')
    trie.add(bytesOf('ab'), 'two')
    for (let message = 0; message < 3; message += 1) {
      expect(matchesOf(trie, bytesOf('abcd'))).toEqual(['one', 'two'])
    }
    expect(matchesOf(trie, bytesOf('a'))).toEqual(['one'])
  })

  it('forgets a subscriber and tells which prefixes nobody has any more', () => {
    const trie = new SubscriberTrie<string>()
    for (const topic of ['b', 'a', 'ab', '']) trie.add(bytesOf(topic), 'one')
    trie.add(bytesOf('ab'), 'two')
    const removed: [string, boolean][] = []
    const collect = (prefix: Uint8Array, isLast: boolean) =>
      removed.push([Buffer.from(prefix).toString(), isLast])
    trie.removeAll('one', collect)
    expect(removed).toEqual([
      ['b', true],
      ['a', true],
      ['ab', false],
      ['', true],
    ])
    trie.removeAll('one', collect)
    expect(removed).toHaveLength(4)
    expect([trie.size, matchesOf(trie, bytesOf('abc'))]).toEqual([1, ['two']])
  })

  it('takes a subscriber back that was forgotten', () => {
    const trie = new SubscriberTrie<string>()
    trie.add(bytesOf('a'), 'one')
    trie.removeAll('one', () => {})
    expect(trie.add(bytesOf('a'), 'one')).toBe('firstOfPrefix')
    expect(matchesOf(trie, bytesOf('a'))).toEqual(['one'])
  })

  it('keeps nothing of a subscriber that has removed all of its prefixes', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const trie = new SubscriberTrie<object>()
    const subscribe = (): WeakRef<object> => {
      const subscriber = {}
      for (const topic of ['a', 'ab']) trie.add(bytesOf(topic), subscriber)
      for (const topic of ['a', 'ab']) trie.remove(bytesOf(topic), subscriber)
      return new WeakRef(subscriber)
    }
    const subscriber = subscribe()
    // What a WeakRef has named stays until the turn is over.
    await new Promise(setImmediate)
    collectGarbage()
    expect(subscriber.deref()).toBe(undefined)
    expect(trie.size).toBe(0)
  })

  it('knows whether all messages are for the same subscribers', () => {
    const trie = new SubscriberTrie<string>()
    expect(trie.isSameForAll).toBe(false)
    trie.add(bytesOf(''), 'one')
    trie.add(bytesOf(''), 'two')
    expect(trie.isSameForAll).toBe(true)
    trie.add(bytesOf('a'), 'one')
    expect(trie.isSameForAll).toBe(false)
    trie.remove(bytesOf('a'), 'one')
    expect(trie.isSameForAll).toBe(true)
    trie.removeAll('one', () => undefined)
    trie.remove(bytesOf(''), 'two')
    trie.add(bytesOf('a'), 'two')
    expect(trie.isSameForAll).toBe(false)
  })

  it('tells how much a subscriber has', () => {
    const trie = new SubscriberTrie<string>()
    const has = (subscriber: string) => [trie.countOf(subscriber), trie.bytesOf(subscriber)]
    expect(has('one')).toEqual([0, 0])
    for (const topic of ['', 'a', 'abc', 'abd', 'a']) trie.add(bytesOf(topic), 'one')
    trie.add(bytesOf('abc'), 'two')
    expect([has('one'), has('two')]).toEqual([
      [4, 7],
      [1, 3],
    ])
    trie.remove(bytesOf('abc'), 'one')
    trie.remove(bytesOf('abc'), 'one')
    trie.remove(bytesOf('ab'), 'one')
    expect([has('one'), has('two')]).toEqual([
      [3, 4],
      [1, 3],
    ])
    trie.removeAll('one', () => {})
    expect(has('one')).toEqual([0, 0])
  })

  it('tells of a text whether it may match, and for sure where it is ASCII', () => {
    const characters = ['a', 'b', 'c', '\0', '\x7e', '\x7f', 'é', 'Ã', '€', '😀', '\ud800']
    const text = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', '\x7f'), maxLength: 5 }),
      },
      {
        weight: 1,
        arbitrary: fc.string({ unit: fc.constantFrom(...characters), maxLength: 5 }),
      },
    )
    const others = fc.array(text, { maxLength: 3 })
    fc.assert(
      fc.property(text, text, others, fc.boolean(), (begin, end, prefixes, isWanted) => {
        const message = begin + end
        const trie = new SubscriberTrie<string>()
        for (const prefix of isWanted ? [begin, ...prefixes] : prefixes) {
          trie.add(bytesOf(prefix), 'one')
        }
        const matches = matchesOf(trie, bytesOf(message)).length > 0
        const isAscii = Buffer.byteLength(message) === message.length
        if (isAscii) expect(trie.mayMatch(message)).toBe(matches)
        else expect(trie.mayMatch(message) || !matches).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('tells of a text up to the end of which it is ASCII that nobody wants it', () => {
    const trie = new SubscriberTrie<string>()
    trie.add(bytesOf('abc'), 'one')
    for (const text of ['b', 'a', 'ab', 'abd', 'ad é', 'x é']) {
      expect([text, trie.mayMatch(text)]).toEqual([text, false])
    }
    for (const text of ['abc', 'abcd', 'aé', 'abé', 'é']) {
      expect([text, trie.mayMatch(text)]).toEqual([text, true])
    }
  })

  it('behaves as a list of subscriptions would', () => {
    const subscribers = fc.constantFrom('one', 'two', 'three')
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ does: fc.constant('add'), subscriber: subscribers, topic: topics }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          does: fc.constant('remove'),
          subscriber: subscribers,
          topic: topics,
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          does: fc.constant('leave'),
          subscriber: subscribers,
          topic: topics,
        }),
      },
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(step, topics), longer), (steps) => {
        const trie = new SubscriberTrie<string>()
        let model: { topic: Uint8Array; key: string; subscriber: string }[] = []
        const having = (key: string) => model.filter((entry) => entry.key === key)
        const without = (entry: { key: string; subscriber: string }) =>
          model.filter((other) => other.key !== entry.key || other.subscriber !== entry.subscriber)
        for (const [{ does, subscriber, topic }, message] of steps) {
          const key = hexOf(topic)
          const all = having(key)
          const own = all.some((entry) => entry.subscriber === subscriber)
          if (does === 'add') {
            const isNew = all.length === 0 ? 'firstOfPrefix' : 'firstOfSubscriber'
            expect(trie.add(topic, subscriber)).toBe(own ? 'repeated' : isNew)
            if (!own) model.push({ topic, key, subscriber })
          } else if (does === 'remove') {
            const left = all.length === 1 ? 'lastOfPrefix' : 'othersRemain'
            expect(trie.remove(topic, subscriber)).toBe(own ? left : 'notFound')
            model = without({ key, subscriber })
          } else {
            const expected = model
              .filter((entry) => entry.subscriber === subscriber)
              .map((entry) => [entry.key, having(entry.key).length === 1])
            const removed: unknown[] = []
            trie.removeAll(subscriber, (prefix, isLast) => removed.push([hexOf(prefix), isLast]))
            expect(removed).toEqual(expected)
            model = model.filter((entry) => entry.subscriber !== subscriber)
          }
          const matching = model.filter((entry) => isPrefix(entry.topic, message))
          const expected = [...new Set(matching.map((entry) => entry.subscriber))].toSorted()
          expect(matchesOf(trie, message)).toEqual(expected)
          expect(trie.size).toBe(new Set(model.map((entry) => entry.key)).size)
        }
      }),
    )
  })
})
