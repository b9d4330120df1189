import { Context, Dealer, Router } from '@ringpost/transport'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Port } from './port.ts'

describe('a port', () => {
  it('takes all that has come before the end of a connection is told', async () => {
    const context = new Context()
    const [router, dealer] = [new Router({ context }), new Dealer({ context, routingId: 'd' })]
    onTestFinished(() => {
      router.close()
      port.close()
    })
    await router.bind('inproc://node')
    dealer.connect('inproc://node')
    const taken: string[] = []
    let rounds = 0
    const port = new Port(
      dealer,
      ([frame]) => taken.push(String(frame)),
      () => rounds++,
    )
    // More than what is taken before others have their turn.
    const sent = Array.from({ length: 600 }, (_, n) => String(n))
    for (const text of sent) router.sendSync(['d', text])
    port.takeAll()
    expect([taken, rounds]).toEqual([sent, 1])
  })
})
