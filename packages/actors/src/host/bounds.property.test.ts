import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { define, deferred, openHosts, refFrom, settled } from '../testing/hosts.test-support.ts'

it('a mailbox holds no more than its limit from its own host, and all that was taken is handled', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('wait', 'drop-newest', 'drop-oldest', 'fail'),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.constantFrom('tell', 'send', 'ask'), { minLength: 1, maxLength: 60 }),
      async (overflow, limit, verbs) => {
        const { hosts, close } = openHosts(1)
        const gate = deferred()
        const handled: number[] = []
        const definition = define(
          () => ({
            hold: () => gate.promise,
            note: (n: number) => void handled.push(n),
          }),
          { mailbox: limit, overflow },
        )
        const ref = await hosts[0]!.spawn(definition, [])
        ref.tell.hold()
        await settled()
        const taken: number[] = []
        const waiting: Promise<unknown>[] = []
        for (const [n, verb] of verbs.entries())
          if (verb === 'tell') {
            if (ref.tell.note(n)) taken.push(n)
          } else waiting.push(ref[verb].note(n).then(() => taken.push(n)))
        const outcomes = Promise.allSettled(waiting)
        await settled()
        const waits = overflow === 'drop-oldest' ? limit : taken.length
        expect(waits).toBeLessThanOrEqual(overflow === 'drop-newest' ? verbs.length : limit)
        gate.resolve()
        await outcomes
        await settled()
        close()
        expect(handled).toEqual(handled.toSorted((one, other) => one - other))
        if (overflow === 'drop-oldest' || overflow === 'drop-newest')
          expect(handled.length).toBe(Math.min(limit, verbs.length))
        else expect(handled).toEqual(taken.toSorted((one, other) => one - other))
      },
    ),
    { numRuns: 100 },
  )
})

it('hosts that wait for a full mailbox are let go in parts, so that it stays bounded', async () => {
  const limit = 10
  const senders = 4
  const messages = 300
  const { hosts, close } = openHosts(1 + senders)
  const home = hosts[0]!
  const gate = deferred()
  let handled = 0
  let most = 0
  const definition = define(
    (ctx) => ({
      hold: () => gate.promise,
      async note() {
        handled++
        most = Math.max(most, home.waitingFor(ctx.self.address))
        await Promise.resolve()
      },
    }),
    { mailbox: limit },
  )
  const handle = await home.spawn(definition.with({ host: 'here' }), [])
  const refs = hosts.slice(1).map((host) => refFrom(host, handle))
  handle.tell.hold()
  await settled()
  for (let n = 0; n < limit; n++) handle.tell.note()
  // What comes to a full mailbox tells its host to pause.
  for (const ref of refs) ref.tell.note()
  await settled()
  const sends = refs.flatMap((ref) => Array.from({ length: messages }, () => ref.send.note()))
  await settled()
  gate.resolve()
  await Promise.all(sends)
  await settled()
  close()
  expect(handled).toBe(limit + senders * (1 + messages))
  // What a host was let go comes before it is let go more, so that no host adds more than a limit.
  expect(most).toBeLessThanOrEqual(limit * (1 + senders))
})
