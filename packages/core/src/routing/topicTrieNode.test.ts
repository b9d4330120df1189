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

/** What is wrong with a tree. */
function faultsOf(root: TopicTrieNode<string>): string[] {
  const faults: string[] = []
  const must = (holds: boolean, fault: string) => holds || faults.push(fault)
  for (const node of [root, ...nodesBelow(root)]) {
    const { children, label, parent } = node
    must(node.childCount === children.filter(Boolean).length, 'children counted wrongly')
    must(children.at(0) !== null && children.at(-1) !== null, 'a table longer than needed')
    if (node === root) continue
    must(node.value !== null || node.childCount > 1, 'a node that nobody needs')
    must(label.length > 0, 'a node without a label')
    must(parent?.childAt(label[0] ?? 0) === node, 'a child that its parent does not find')
    must(findNode(root, prefixOf(node)) === node, 'a prefix that is not found')
  }
  return faults
}

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
          expect(faultsOf(root)).toEqual([])
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
