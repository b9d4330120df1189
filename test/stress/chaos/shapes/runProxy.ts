import type { Proxy } from '@ringpost/core'
import type { Player } from '../player.ts'

/** Runs a proxy until one of its sockets is closed or the thread is terminated. */
export async function runProxy(player: Player, proxy: Proxy): Promise<void> {
  if (player.seat === undefined) await proxy.run()
  else if (player.random.oneIn(2)) await player.seat.during('run of a proxy', () => proxy.run())
  else await player.seat.during('runSync of a proxy', () => proxy.runSync())
}
