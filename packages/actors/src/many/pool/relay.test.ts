import { expect, it } from 'vitest'
import { ActorRef } from '../../host/ref.ts'
import {
  collectDeadLetters,
  define,
  settled,
  startHosts,
} from '../../testing/hosts.test-support.ts'

it('a message by which no member can be chosen does no harm to the host that relays it', async () => {
  const letters = collectDeadLetters()
  const [program, home] = startHosts(2)
  home!.placeAt({ places: [{ host: 1, seat: 1 }], isExpecting: false })
  const squares = define(() => ({ square: (n: number) => n * n }))
  const pool = await home!.pools.spawn(squares, { size: 1, route: 'hash' }, [])
  // As an actor: not known as a pool.
  const ref = new ActorRef<typeof squares>(pool.address, program!.calls)
  ref.tell.square({} as never)
  await settled()
  expect(letters).toMatchObject([{ reason: 'invalid', method: 'square' }])
  await expect(ref.ask.square([] as never)).rejects.toMatchObject({ code: 'EINVAL' })
  expect(await ref.ask.square(3)).toBe(9)
})
