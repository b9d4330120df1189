// Farms at work and calls under way while hosts and nodes are killed: each result once, no hang, no leak

import { announcedSeed, Random } from '../support/random.ts'
import { attack, type Tally } from './attack.ts'
import {
  inShort,
  leaksBetween,
  megabytes,
  takeCensus,
  takeLastCensus,
  takeSettledCensus,
  type Census,
} from './census.ts'

const seconds = Number(process.env['RINGPOST_CHAOS_SECONDS'] ?? 20)
/** What is made once and kept is made meanwhile. */
const WARM_UP_SECONDS = 5
const REPORT_MS = 10_000
/** What lives as long as the system may not grow by more, in bytes. */
const GROWTH = 24 * 2 ** 20

const random = new Random(announcedSeed('chaos'))
const blunders: string[] = []
const blunder = (what: string): void => {
  blunders.push(what)
  console.error(`chaos: ${what}`)
}

await attack(random, Math.min(WARM_UP_SECONDS, seconds), blunder)
const before = await takeSettledCensus()
console.log(`Before: ${inShort(before)}`)

const samples: Census[] = []
let reporting: NodeJS.Timeout | undefined
const began = performance.now()
const tally = await attack(random, seconds, blunder, (read) => {
  reporting = setInterval(() => void report(read()), REPORT_MS)
})
clearInterval(reporting)
const after = await takeLastCensus(before)
console.log(`After:  ${inShort(after)}\n`)

for (const [name, count] of Object.entries(tally))
  console.log(`${count.toLocaleString('en-US').padStart(12)} ${name}`)

for (const leak of leaksBetween(before, after)) blunder(`leak: ${leak}`)
for (const leak of growthOf(samples)) blunder(`leak while it ran: ${leak}`)
if (blunders.length > 0) {
  console.error(`\nchaos: ${blunders.length} things went wrong`)
  process.exitCode = 1
} else console.log('\nEach result came once; nothing hung; nothing is left.')

async function report(counts: Tally): Promise<void> {
  const census = await takeCensus()
  samples.push(census)
  const at = Math.round((performance.now() - began) / 1000)
  const killed = counts['killed hosts']! + counts['killed hosts of nodes']!
  console.log(
    `${String(at).padStart(5)} s: ${counts['rounds on hosts']} rounds on hosts, ` +
      `${counts['rounds on nodes']} on nodes; killed ${killed} hosts, ${counts['killed nodes']} nodes; ` +
      inShort(census),
  )
}

/** From the first third to the last, each by the least that was seen there. */
function growthOf(seen: readonly Census[]): string[] {
  const third = Math.floor(seen.length / 3)
  if (third === 0) return []
  return (['heapBytes', 'externalBytes', 'arenaBytes'] as const).flatMap((what) => {
    const least = (some: readonly Census[]) => Math.min(...some.map((one) => one[what]))
    const [was, is] = [least(seen.slice(0, third)), least(seen.slice(-third))]
    return is - was > GROWTH ? [`${what} from ${megabytes(was)} to ${megabytes(is)}`] : []
  })
}
