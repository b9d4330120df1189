import type { Context, SharedFrame } from '@ringpost/core'
import type { Random } from '../support/random.ts'
import { unlessRefused, ways, type Ends, type Receiver } from './ways.ts'

const LARGEST = 2 ** 20

/** What was lent and not given back yet: a frame, or a batch. */
interface Held {
  release(): void
}

/**
 * Two sockets in one thread meet, exchange some messages of any size in any way, leave others, and
 * are closed in any order.
 */
export function exchange(random: Random, context: Context, endpoint: string): void {
  const way = random.pick(ways)
  const ends = way.open(context)
  const { writer, reader } = ends
  const held: Held[] = []
  meet(random, ends, endpoint)
  for (let count = random.below(12); count > 0; count--) {
    unlessRefused(() => ends.send(message(random, context, way.isMultipart)))
    if (random.oneIn(2)) held.push(...read(random, reader))
  }
  if (random.oneIn(2)) giveBack(random, held)
  if (random.oneIn(4)) writer.linger = reader.linger = 0
  for (const socket of random.oneIn(2) ? [writer, reader] : [reader, writer]) socket.close()
  giveBack(random, held)
}

function meet(random: Random, { writer, reader }: Ends, endpoint: string): void {
  const [bound, connected] = random.oneIn(2) ? [writer, reader] : [reader, writer]
  const isBoundFirst = random.oneIn(2)
  if (isBoundFirst) bound.bindSync(endpoint)
  connected.connect(endpoint)
  if (!isBoundFirst) bound.bindSync(endpoint)
  // Subscriptions, memberships and names are on their way.
  for (const socket of [writer, reader, writer]) void socket.readable
}

function message(random: Random, context: Context, isMultipart: boolean): (Buffer | SharedFrame)[] {
  const count = isMultipart ? random.between(1, 4) : 1
  return Array.from({ length: count }, () => {
    const size = random.skewed(LARGEST)
    return random.oneIn(3) ? context.allocate(size) : Buffer.alloc(size)
  })
}

function read(random: Random, reader: Receiver): Held[] {
  const now = { timeout: 0 }
  const some = { ...now, max: random.between(1, 5) }
  switch (random.below(4)) {
    case 0:
      unlessRefused(() => reader.receiveSync(now))
      return []
    case 1:
      unlessRefused(() => reader.receiveManySync(some))
      return []
    case 2:
      return (unlessRefused(() => reader.receiveSharedSync(now)) ?? []).filter(isHeld)
    default:
      return [unlessRefused(() => reader.receiveManySharedSync(some))].filter(isHeld)
  }
}

const isHeld = (value: object | undefined): value is Held =>
  value !== undefined && 'release' in value

function giveBack(random: Random, held: Held[]): void {
  while (held.length > 0) held.splice(random.below(held.length), 1)[0]!.release()
}
