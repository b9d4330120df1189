import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { ManualClock } from '../testing/manualClock.ts'
import { define, lost, openHosts, refFrom, settled } from '../testing/hosts.test-support.ts'

const misbehaving = define(
  (ctx) => ({
    answer: (value: number): unknown => value,
    later: async (value: number) => {
      await Promise.resolve()
      return value
    },
    fail: (): unknown => {
      throw new Error('failed')
    },
    never: () => new Promise<never>(() => undefined),
    unsendable: (): unknown => () => undefined,
    stop: (): unknown => {
      ctx.stop()
      return 'stopping'
    },
    aside: (): unknown => {
      ctx.stash()
      return 'aside'
    },
    back: (): unknown => {
      ctx.become({ aside: () => 'back' })
      ctx.unstash()
      return 'back'
    },
    async *items(until: number) {
      for (let n = 0; n < until; n++) yield n
    },
    async *silent(): AsyncGenerator<number> {
      yield 1
      await new Promise(() => undefined)
    },
  }),
  { mailbox: 3 },
)

const asks = ['answer', 'later', 'fail', 'never', 'unsendable', 'stop', 'aside', 'back'] as const
const streams = ['items', 'silent'] as const

const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('ask'), fc.constantFrom(...asks)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('send'), fc.constantFrom(...asks)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('tell'), fc.constantFrom(...asks)) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('stream'), fc.constantFrom(...streams)) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('abort', 'advance', 'settle')) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('stop', 'lose')) },
)

it.each([
  ['this host', 1],
  ['another host', 2],
])('whatever is asked of an actor on %s settles, whatever becomes of it', async (_, count) => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('wait', 'drop-newest', 'drop-oldest', 'fail'),
      fc.constantFrom(1, 2),
      fc.array(step, { maxLength: 40 }),
      async (overflow, concurrency, steps) => {
        const clock = new ManualClock(1000)
        const { hosts, close } = openHosts(count, clock)
        const [home, here] = [hosts[0]!, hosts.at(-1)!]
        const handle = await home.spawn(
          misbehaving.with({ host: 'here', overflow, concurrency }),
          [],
        )
        const controller = new AbortController()
        const ref = refFrom(here, handle)
        const waiting: Promise<unknown>[] = []
        const expectOutcome = (promise: Promise<unknown>): unknown =>
          waiting.push(promise.catch((error: unknown) => error))
        for (const [at, [what, method = '']] of steps.entries()) {
          const { ask, send, tell, stream } = ref.with(
            at % 3 === 0 ? { signal: controller.signal } : { timeoutMs: 100 + at },
          ) as unknown as Record<string, Record<string, (value: number) => never>>
          if (what === 'ask') expectOutcome(ask![method]!(at))
          else if (what === 'send') expectOutcome(send![method]!(at))
          else if (what === 'tell') tell![method]!(at)
          else if (what === 'stream') {
            const reader: AsyncGenerator = stream![method]!(at)
            for (let n = at % 10; n > 0; n--) expectOutcome(reader.next())
            if (at % 2 === 0) expectOutcome(reader.return(undefined))
          } else if (what === 'abort') controller.abort()
          else if (what === 'advance') clock.advance(50)
          else if (what === 'settle') await settled()
          else if (what === 'stop') void home.stopping.stop(handle.address)
          else if (count > 1) here.lose(lost(0, new Error('lost')))
        }
        const outcomes = Promise.all(waiting).then(() => 'all')
        await settled()
        controller.abort()
        clock.advance(10_000)
        expect(await Promise.race([outcomes, settled().then(() => 'some')])).toBe('all')
        close()
      },
    ),
    { numRuns: 100 },
  )
})
