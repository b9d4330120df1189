// A service that fails by chance, what its supervisors do about it, and what its callers see
// Argument: the seed of chance (7)

import { createSystem, defineActor, type ActorRef, type SystemEvent } from '@ringpost/actors'

const seed = Number(process.argv[2] ?? 7)

/** Numbers from 0 to 1 that look random, and are the same for the same seed (mulberry32). */
function chances(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const chance = chances(seed)

const weather = defineActor(import.meta.url, 'weather', (ctx) => {
  if (ctx.incarnation > 1 && chance() < 0.4) throw new Error('the satellite does not answer')
  return {
    celsius() {
      if (chance() < 0.4) throw new Error('the satellite is behind the moon')
      return Math.floor(chance() * 40)
    },
  }
})

/** Has the service, and begins anew with a new one when that has failed too often. */
const station = defineActor(import.meta.url, 'station', async (ctx) => {
  ctx.supervise({
    decide: () => 'restart', // also after an ask, whose asker has the error as well
    maxRestarts: 2,
    withinMs: 60_000,
    exceeded: 'escalate',
    backoff: { firstMs: 10, factor: 2, maxMs: 1000 },
  })
  const service = await ctx.spawn(weather.with({ name: 'weather' }))
  return { service: (): ActorRef<typeof weather> => service }
})

console.log(`Seed ${seed}`)

// All in this thread, so that what is printed has one order.
await using system = await createSystem({
  hosts: 0,
  logger: false,
  supervision: { maxRestarts: 1, withinMs: 60_000, exceeded: 'stop', backoff: { firstMs: 10 } },
})
const weatherStation = await system.spawn(station.with({ name: 'station' }))

const happened: string[] = []
let settle = (): void => undefined
system.events.subscribe((event) => {
  happened.push(...linesOf(event))
  if (event.type === 'restarted' || (event.type === 'stopped' && event.path === '/station'))
    settle()
})

for (let day = 1, isOver = false; !isOver; day++) {
  const settled = new Promise<void>((resolve) => (settle = resolve))
  try {
    const service = await weatherStation.ask.service()
    console.log(`Day ${day}: ${await service.ask.celsius()} °C`)
  } catch (error) {
    const { message, code } = error as Error & { code?: string }
    isOver = code === 'ENOACTOR'
    console.log(`Day ${day}: ${isOver ? 'the station is no more' : message}`)
    if (!isOver) await settled
  }
  for (const line of happened.splice(0)) console.log(`  ${line}`)
}

function linesOf(event: SystemEvent): string[] {
  if (event.type === 'failed') {
    const { path, during, error, directive } = event
    return [`${path} failed (${during}): ${(error as Error).message} → ${directive}`]
  }
  if (event.type === 'restarted') return [`${event.path} has begun life ${event.incarnation}`]
  if (event.type === 'stopped') return [`${event.path} is no more: ${event.down.reason}`]
  return []
}

// Prints:
//
//   Seed 7
//   Day 1: the satellite is behind the moon
//     /station/weather failed (ask): the satellite is behind the moon → restart
//     /station/weather failed (start): the satellite does not answer → restart
//     /station/weather has begun life 3
//   Day 2: 20 °C
//   Day 3: 18 °C
//   Day 4: the satellite is behind the moon
//     /station/weather failed (ask): the satellite is behind the moon → escalate
//     /station failed (child): the satellite is behind the moon → restart
//     /station/weather is no more: stopped
//     /station has begun life 2
//   Day 5: 29 °C
//   Day 6: the satellite is behind the moon
//     /station/weather failed (ask): the satellite is behind the moon → restart
//     /station/weather failed (start): the satellite does not answer → restart
//     /station/weather has begun life 3
//   Day 7: 7 °C
//   Day 8: the satellite is behind the moon
//     /station/weather failed (ask): the satellite is behind the moon → escalate
//     /station failed (child): the satellite is behind the moon → stop
//     /station/weather is no more: stopped
//     /station is no more: failed
//   Day 9: the station is no more
