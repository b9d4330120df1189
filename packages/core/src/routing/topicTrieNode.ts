/**
 * A node of a radix tree over byte strings: the bytes on the way from the root to it are its
 * prefix. Nodes exist where a prefix ends or where prefixes part, so that a long prefix costs one.
 *
 * Children are found by their first byte in a table from the lowest to the highest of these, as in
 * libzmq's trie; the comparison with other layouts is in docs/decisions/0004-topic-trie.md.
 */
export class TopicTrieNode<Value> {
  /** The bytes between the parent and here; empty for the root alone. */
  label: Uint8Array
  parent: TopicTrieNode<Value> | null
  /** What is kept for this prefix; null when it is only where others part. */
  value: Value | null = null
  /** The first byte of the child at the start of the table. */
  firstByte = 0
  readonly children: (TopicTrieNode<Value> | null)[] = []
  childCount = 0

  constructor(label: Uint8Array, parent: TopicTrieNode<Value> | null) {
    this.label = label
    this.parent = parent
  }

  /** The child that continues with what the bytes continue with at `at`; null when there is none. */
  follow(bytes: Uint8Array, at: number, end: number): TopicTrieNode<Value> | null {
    // Nothing follows there either way, but reading beyond the end of an array is slow.
    if (at >= end) return null
    const child = this.childAt(bytes[at]!)
    if (child === null) return null
    const { label } = child
    if (label.length > end - at) return null
    for (let offset = 1; offset < label.length; offset += 1) {
      if (label[offset] !== bytes[at + offset]) return null
    }
    return child
  }

  childAt(byte: number): TopicTrieNode<Value> | null {
    const index = byte - this.firstByte
    // Checked by hand: reading beside an array makes the engine give up its fast path.
    return index >= 0 && index < this.children.length ? this.children[index]! : null
  }

  setChild(child: TopicTrieNode<Value>): void {
    const byte = child.label[0]!
    const { children } = this
    if (children.length === 0) this.firstByte = byte
    while (byte < this.firstByte) {
      children.unshift(null)
      this.firstByte -= 1
    }
    const index = byte - this.firstByte
    while (index >= children.length) children.push(null)
    if (children[index] === null) this.childCount += 1
    children[index] = child
    child.parent = this
  }

  removeChild(child: TopicTrieNode<Value>): void {
    const { children } = this
    children[child.label[0]! - this.firstByte] = null
    this.childCount -= 1
    while (children.at(-1) === null) children.pop()
    while (children[0] === null) {
      children.shift()
      this.firstByte += 1
    }
  }

  onlyChild(): TopicTrieNode<Value> | null {
    return this.childCount === 1 ? (this.children[0] ?? null) : null
  }
}

/** All bytes on the way from the root to a node. */
export function prefixOf<Value>(node: TopicTrieNode<Value>): Uint8Array {
  const labels: Uint8Array[] = []
  for (let step: TopicTrieNode<Value> | null = node; step; step = step.parent) {
    labels.push(step.label)
  }
  return concatenate(labels.reverse())
}

/** The node of exactly this prefix; null when nothing ends or parts there. */
export function findNode<Value>(
  root: TopicTrieNode<Value>,
  prefix: Uint8Array,
): TopicTrieNode<Value> | null {
  let node: TopicTrieNode<Value> | null = root
  let at = 0
  while (node && at < prefix.length) {
    node = node.follow(prefix, at, prefix.length)
    at += node?.label.length ?? 0
  }
  return node
}

/** The node of exactly this prefix, made if there is none. Keeps copies of the bytes. */
export function makeNode<Value>(
  root: TopicTrieNode<Value>,
  prefix: Uint8Array,
): TopicTrieNode<Value> {
  let node = root
  let at = 0
  while (at < prefix.length) {
    let child = node.childAt(prefix[at]!)
    if (child === null) {
      child = new TopicTrieNode<Value>(copy(prefix, at, prefix.length), node)
      node.setChild(child)
      return child
    }
    const common = commonLength(child.label, prefix, at)
    if (common < child.label.length) child = splitAt(node, child, common)
    node = child
    at += common
  }
  return node
}

/**
 * Takes a node without a value out of the tree, and with it what was only there to lead to it. What is out
 * refers to nothing any more: an old node would keep all that came after it until the next full collection.
 */
export function pruneNode<Value>(node: TopicTrieNode<Value>): void {
  const { parent } = node
  if (parent === null) return
  if (node.childCount === 0) {
    parent.removeChild(node)
    node.parent = null
    joinWithOnlyChild(parent)
  } else {
    joinWithOnlyChild(node)
  }
}

/** Calls with every node that has a value, in the order of their prefixes' bytes. */
export function forEachValue<Value>(
  root: TopicTrieNode<Value>,
  visit: (node: TopicTrieNode<Value>) => void,
): void {
  // A stack of its own: peers decide how deep the tree is.
  const pending = [root]
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.value !== null) visit(node)
    for (const child of node.children.toReversed()) {
      if (child) pending.push(child)
    }
  }
}

/** Puts a node of its own where the first bytes of the child's label end. */
function splitAt<Value>(
  parent: TopicTrieNode<Value>,
  child: TopicTrieNode<Value>,
  length: number,
): TopicTrieNode<Value> {
  const { label } = child
  const upper = new TopicTrieNode<Value>(copy(label, 0, length), parent)
  child.label = copy(label, length, label.length)
  parent.setChild(upper)
  upper.setChild(child)
  return upper
}

/** Undoes a split that has become needless. */
function joinWithOnlyChild<Value>(node: TopicTrieNode<Value>): void {
  const child = node.onlyChild()
  if (!child || node.value !== null || node.parent === null) return
  child.label = concatenate([node.label, child.label])
  node.parent.setChild(child)
  node.children.length = 0
  node.parent = null
}

function commonLength(label: Uint8Array, prefix: Uint8Array, at: number): number {
  let length = 0
  // Behind its end the prefix is undefined, which no byte is.
  while (length < label.length && label[length] === prefix[at + length]) length += 1
  return length
}

/** Plain Uint8Arrays throughout, whatever was given: one kind keeps the comparison fast. */
function copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end))
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
