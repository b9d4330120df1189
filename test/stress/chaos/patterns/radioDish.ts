import { Dish, Radio } from '@ringpost/core'
import { broadcast, type Listener } from '../shapes/broadcast.ts'

function dish(): Listener {
  const socket = new Dish()
  return {
    socket,
    subscribe: (group) => socket.join(group),
    unsubscribe: (group) => socket.leave(group),
    isStrict: true,
  }
}

/** RADIO and DISH: single frames, to groups. */
export const radioDish = broadcast({
  name: 'RADIO-DISH',
  announcer: (_random, noDrop) => ({ socket: new Radio({ noDrop }), hears: false }),
  listener: dish,
  isMultipart: false,
  dress: (frames, group) => ({ frames, target: { group } }),
  read: ({ frames, target }) => ({
    topic: (target as { group: Buffer }).group.toString(),
    frames,
  }),
})
