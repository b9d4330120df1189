// Two actors in two threads, and a ball between them

import { isMainThread } from 'node:worker_threads'
import { createSystem, defineActor, type ActorRef } from '@ringpost/actors'

interface Ball {
  hits: number
}

const pong = defineActor(import.meta.url, 'pong', () => ({
  hit: ({ hits }: Ball): Ball => ({ hits: hits + 1 }),
}))

interface Partner {
  hit(ball: Ball): Ball
}

const ping = defineActor(import.meta.url, 'ping', () => ({
  // Refs travel in messages, and work wherever they arrive.
  async play(partner: ActorRef<Partner>, rounds: number) {
    let ball = { hits: 0 }
    for (let round = 0; round < rounds; round++) ball = await partner.ask.hit(ball)
    return ball
  },
}))

if (isMainThread) {
  await using system = await createSystem({ hosts: 2 })
  const [one, other] = system.hosts
  const partner = await system.spawn(pong.with({ host: one! }))
  const player = await system.spawn(ping.with({ host: other! }))

  // A game may last longer than the five seconds that an ask has otherwise.
  const { hits } = await player.with({ timeoutMs: Infinity }).ask.play(partner, 1000)
  console.log(`The ball came back ${hits} times.`)
}

// Prints:
//
//   The ball came back 1000 times.
