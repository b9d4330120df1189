import { expect, it } from 'vitest'
import { createSystem } from '@ringpost/actors'
import { account } from '../../dist/actors/nodeActors.js'

it('a node that computes is not taken for one that is gone', async () => {
  await using busy = await createSystem({ hosts: 0 })
  await using office = await createSystem({ hosts: 0 })
  const { endpoint } = await busy.listen('tcp://127.0.0.1:*', { heartbeatMs: 1000 })
  busy.expose('account', await busy.spawn(account, 1))
  const node = await office.connect(endpoint, { heartbeatMs: 1000, goneAfterMs: 1000 })
  const ref = node.ref<typeof account>('/account')
  let isLost = false
  void ref.down().then(() => (isLost = true))
  expect(await ref.ask.amount()).toBe(1)
  // Longer than a silence may last; both nodes are in this thread.
  const until = performance.now() + 5000
  while (performance.now() < until);
  expect(await ref.ask.amount()).toBe(1)
  expect(isLost).toBe(false)
})
