import { Pull } from '@ringpost/core'
import type { GatheringSide, Link } from './spreadSubject.ts'

/** As many PULL sockets as there are ports, each emptied by a loop of its own. */
export function openPulls(
  { endpoint, ports }: Link,
  loop: (pull: Pull, take: (message: Uint8Array) => boolean) => Promise<'last seen' | 'closed'>,
): GatheringSide {
  const pulls = ports.map(() => {
    const pull = new Pull()
    pull.connect(endpoint)
    return pull
  })
  const close = (): void => {
    for (const pull of pulls) pull.close()
  }
  return {
    async receive(take) {
      const loops = pulls.map(async (pull) => {
        // Whichever socket gets the last message ends the loops of all.
        if ((await loop(pull, take)) === 'last seen') close()
      })
      await Promise.all(loops)
    },
    close,
  }
}
