import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { setImmediate as turn, setTimeout as timer } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { context } from '@ringpost/core'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const DESCRIPTORS = '/proc/self/fd'

/** What the process has. */
export interface Census {
  /** The context's memory in use. */
  readonly arenaBytes: number
  readonly heapBytes: number
  readonly externalBytes: number
  readonly residentBytes: number
  /** What keeps the process alive, by kind. */
  readonly handles: Readonly<Record<string, number>>
  /** Files and connections, by what they are; undefined where the system does not tell. */
  readonly descriptors: readonly string[] | undefined
}

/** So long, other threads may take to close what they had, on a busy machine. */
const SETTLING_MS = 20_000
const LOOK_MS = 200

/** Counts what is left when other threads have closed what they had: when a while has changed nothing. */
export async function takeSettledCensus(): Promise<Census> {
  const end = performance.now() + SETTLING_MS
  for (let last = await takeCensus(); ;) {
    await timer(LOOK_MS)
    const next = await takeCensus()
    if (changesBetween(last, next).length === 0 || performance.now() > end) return next
    last = next
  }
}

/** Counts again what is left for as long as there is more of it than before, and it may become less. */
export async function takeLastCensus(before: Census): Promise<Census> {
  const end = performance.now() + SETTLING_MS
  for (;;) {
    const census = await takeCensus()
    if (changesBetween(before, census).length === 0 || performance.now() > end) return census
    await timer(LOOK_MS)
  }
}

/** Counts what is left when all garbage is gone. */
export async function takeCensus(): Promise<Census> {
  // What finalizers let go of is garbage of the next collection.
  for (let pass = 0; pass < 4; pass++) {
    collectGarbage()
    await turn()
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  const handles: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo().toSorted())
    handles[kind] = (handles[kind] ?? 0) + 1
  return {
    arenaBytes: context.memory.usedBytes,
    heapBytes: heapUsed,
    externalBytes: external,
    residentBytes: rss,
    handles,
    descriptors: existsSync(DESCRIPTORS) ? readdirSync(DESCRIPTORS).flatMap(openedAs) : undefined,
  }
}

/** What a descriptor is of; nothing for the one by which they were read, which is closed. */
function openedAs(descriptor: string): string[] {
  try {
    return [readlinkSync(`${DESCRIPTORS}/${descriptor}`)]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return []
  }
}

const MIB = 2 ** 20
/** Compiled code, and what libraries keep at hand. */
const HEAP_SLACK = 8 * MIB
/** Threads by the hundred leave the C library's memory in pieces. */
const RESIDENT_SLACK = 96 * MIB

/** What there is another number of, and should not be. */
function changesBetween(before: Census, after: Census): string[] {
  const changes: string[] = []
  const compare = (name: string, was: unknown, is: unknown): void => {
    if (JSON.stringify(was) !== JSON.stringify(is))
      changes.push(`${name}: ${JSON.stringify(was)} before, ${JSON.stringify(is)} after`)
  }
  compare('bytes of the arena', before.arenaBytes, after.arenaBytes)
  compare('handles', before.handles, after.handles)
  const [were = [], are = []] = [before.descriptors, after.descriptors]
  if (were.length !== are.length) {
    const opened = are.filter((what) => !were.includes(what))
    changes.push(
      `descriptors: ${were.length} before, ${are.length} after; not there before: ${opened.join(', ')}`,
    )
  }
  return changes
}

/** What there is more of than before, and should not be. */
export function leaksBetween(before: Census, after: Census): string[] {
  const leaks = changesBetween(before, after)
  const grown = (name: string, was: number, is: number, slack: number): void => {
    if (is - was > slack) leaks.push(`${name}: ${megabytes(was)} before, ${megabytes(is)} after`)
  }
  grown('heap', before.heapBytes, after.heapBytes, HEAP_SLACK)
  grown('external memory', before.externalBytes, after.externalBytes, HEAP_SLACK)
  grown('resident memory', before.residentBytes, after.residentBytes, RESIDENT_SLACK)
  return leaks
}

export const megabytes = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`

/** "heap 12.3 MiB, external 4.5 MiB, resident 123.4 MiB, arena 0.1 MiB, 21 descriptors". */
export const inShort = (census: Census): string =>
  [
    `heap ${megabytes(census.heapBytes)}`,
    `external ${megabytes(census.externalBytes)}`,
    `resident ${megabytes(census.residentBytes)}`,
    `arena ${census.arenaBytes} bytes`,
    ...(census.descriptors === undefined ? [] : [`${census.descriptors.length} descriptors`]),
  ].join(', ')
