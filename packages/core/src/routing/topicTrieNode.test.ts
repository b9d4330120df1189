import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  findNode,
  forEachValue,
  makeNode,
  prefixOf,
  pruneNode,
  TopicTrieNode,
} from './topicTrieNode.ts'

const newRoot = () => new TopicTrieNode<string>(new Uint8Array(0), null)
const nodesBelow = (node: TopicTrieNode<string>): TopicTrieNode<string>[] =>
  node.children.flatMap((child) => (child ? [child, ...nodesBelow(child)] : []))

describe('a tree of prefixes', () => {
  const topics = fc
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
  const steps = fc.array(fc.tuple(fc.boolean(), topics), { maxLength: 100, size: 'max' })

  it('has no node but where a prefix ends or where some part', () => {
    fc.assert(
      fc.property(steps, (commands) => {
        const root = newRoot()
        for (const [adds, topic] of commands) {
          const node = adds ? makeNode(root, topic) : findNode(root, topic)
          if (node) {
            node.value = adds ? 'here' : null
            if (!adds) pruneNode(node)
          }
          for (const below of nodesBelow(root)) {
            expect(below.value !== null || below.childCount > 1).toBe(true)
            expect(below.label.length).toBeGreaterThan(0)
            expect(below.parent?.childAt(below.label[0] ?? 0)).toBe(below)
            expect(findNode(root, prefixOf(below))).toBe(below)
          }
          for (const below of [root, ...nodesBelow(root)]) {
            expect(below.childCount).toBe(below.children.filter(Boolean).length)
            expect(below.children.at(0)).not.toBeNull()
            expect(below.children.at(-1)).not.toBeNull()
          }
        }
      }),
    )
  })

  it('keeps the node of a prefix when others part from it or leave it', () => {
    const root = newRoot()
    const whole = makeNode(root, Buffer.from('abcd'))
    whole.value = 'abcd'
    const branch = makeNode(root, Buffer.from('abx'))
    branch.value = 'abx'
    expect(findNode(root, Buffer.from('abcd'))).toBe(whole)
    expect(findNode(root, Buffer.from('ab'))?.childCount).toBe(2)
    branch.value = null
    pruneNode(branch)
    expect(findNode(root, Buffer.from('ab'))).toBeNull()
    expect(findNode(root, Buffer.from('abcd'))).toBe(whole)
    expect(Buffer.from(whole.label).toString()).toBe('abcd')
  })

  it('is empty again when all have left', () => {
    const root = newRoot()
    const bytes = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte, 255 - byte))
    const nodes = bytes.map((prefix) => makeNode(root, prefix))
    expect(root.children).toHaveLength(256)
    for (const node of nodes.filter((_, index) => index % 3 === 0)) pruneNode(node)
    for (const node of nodes.filter((_, index) => index % 3 !== 0)) pruneNode(node)
    expect([root.children, root.childCount]).toEqual([[], 0])
  })

  it('is walked in the order of bytes', () => {
    const root = newRoot()
    const words = ['b', 'abc', '', 'ab', 'aa', 'ba', 'c']
    for (const word of words) makeNode(root, Buffer.from(word)).value = word
    const visited: (string | null)[] = []
    forEachValue(root, (node) => visited.push(node.value))
    expect(visited).toEqual(words.toSorted())
  })
})
