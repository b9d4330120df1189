import { isDeepStrictEqual } from 'node:util'
import { createSystem } from '@ringpost/actors'
import { attackedSystem, chaosRound, FarmOnHosts, type AttackedFarm } from '../actors/farmChaos.ts'
import { Random } from '../support/random.ts'
import { Callers } from './callers.ts'
import { FarmOnNodes } from './farmOnNodes.ts'
import { NodeCrew } from './nodeCrew.ts'
import { Vigil } from './vigil.ts'

const NODES = 3
const CALLERS = 4
const actors = new URL('../actors/chaosActors.js', import.meta.url)

/** What was done so far, by name. */
export type Tally = Readonly<Record<string, number>>

/**
 * Two farms, one on hosts and one on nodes, and calls between all of them, while hosts and nodes are
 * killed; at last everything is closed.
 *
 * @param blunder told of what should not have happened
 * @param begun given what tells how far it has come
 */
export async function attack(
  random: Random,
  seconds: number,
  blunder: (what: string) => void,
  begun: (tally: () => Tally) => void = () => undefined,
): Promise<Tally> {
  using vigil = new Vigil()
  const system = await createSystem({ ...attackedSystem, logger: false })
  const fork = (): Random => new Random(random.fork())
  const here = await FarmOnHosts.begin(system, actors, fork())
  const there = await FarmOnNodes.begin(system, fork(), () => nodes.disturb())
  const employed = new Set<Promise<void>>()
  const nodes = await NodeCrew.begin(
    system,
    NODES,
    fork(),
    (node) => employed.add(there.employ(node)),
    blunder,
  )
  const callers = Array.from({ length: CALLERS }, () => new Callers(system, nodes, fork(), blunder))
  const rounds = { here: 0, there: 0 }

  const tally = (): Tally => ({
    'rounds on hosts': rounds.here,
    'rounds on nodes': rounds.there,
    'killed hosts': here.kills,
    ...nodes.done,
    ...countsOf(callers),
  })
  begun(tally)

  const end = performance.now() + seconds * 1000
  const isOver = (): boolean => performance.now() >= end
  const play = async (name: 'here' | 'there', farm: AttackedFarm): Promise<void> => {
    const who = `the farm ${name}`
    const watched: AttackedFarm = {
      outcomes: (items, options) => farm.outcomes(items, options),
      kind: () => farm.kind(),
      disturb() {
        vigil.sign(who)
        farm.disturb()
      },
    }
    const chance = fork()
    for (vigil.sign(who); !isOver(); rounds[name]++) {
      const { came, expected } = await chaosRound(watched, chance)
      if (!isDeepStrictEqual(came, expected))
        blunder(`round ${rounds[name]} of ${who}: ${differenceOf(came, expected)}`)
    }
    vigil.over(who)
  }
  const calls = callers.map(async (caller, n) => {
    await caller.run(isOver, () => vigil.sign(`caller ${n}`))
    vigil.over(`caller ${n}`)
  })
  await Promise.all([play('here', here), play('there', there), ...calls])

  vigil.sign('the end')
  await nodes.end()
  await Promise.all(employed)
  await Promise.all([here.end(), there.end()])
  await system.close()
  if (system.actors.size > 0) blunder(`${system.actors.size} actors are left`)
  if (system.nodes.length > 0) blunder(`${system.nodes.length} nodes are left`)
  return tally()
}

function countsOf(callers: readonly Callers[]): Tally {
  const sums: Record<string, number> = {}
  for (const { counts } of callers)
    for (const [outcome, count] of Object.entries(counts))
      sums[`calls: ${outcome}`] = (sums[`calls: ${outcome}`] ?? 0) + count
  return sums
}

function differenceOf(came: readonly unknown[], expected: readonly unknown[]): string {
  const at = expected.findIndex((one, n) => !isDeepStrictEqual(one, came[n]))
  return `${came.length} results of ${expected.length} tasks; at ${at}, ${JSON.stringify(came[at])} for ${JSON.stringify(expected[at])}`
}
