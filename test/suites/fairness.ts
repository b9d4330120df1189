import { describe, expect, it } from 'vitest'
import { heads, numbers, take, useStage } from '../support/suiteStage.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** So many messages would be handled before a starved timer could fail its test. */
const flood = 1_000_000
const wanted = 5

/** A busy socket shares its thread with everything else in it. */
export function describeFairness(subject: Subject): void {
  describe('a flood of messages', () => {
    const stage = useStage(subject)

    it('lets timers fire while messages are sent and received without a pause', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      const ticks = await ticksDuring(async (enough) => {
        for (let count = 0; count < flood && !enough(); count++) {
          await push.send('x')
          await pull.receive()
        }
      })
      expect(ticks).toBe(wanted)
    })

    it('lets timers fire while a publisher that never waits sends on', async () => {
      const publisher = stage.open('Publisher')
      await publisher.bind(stage.endpoint())
      const ticks = await ticksDuring(async (enough) => {
        for (let count = 0; count < flood && !enough(); count++) await publisher.send('x')
      })
      expect(ticks).toBe(wanted)
    })

    it('lets timers fire while `for await` never runs dry', async () => {
      const endpoint = stage.endpoint()
      const dealer = stage.open('Dealer')
      await dealer.bind(endpoint)
      const other = stage.open('Dealer')
      other.connect(endpoint)
      await other.send('ball')
      const ticks = await ticksDuring(async (enough) => {
        let count = 0
        for await (const ball of dealer) {
          if (++count === flood || enough()) break
          await other.send(ball)
        }
      })
      expect(ticks).toBe(wanted)
    })

    it('is received whole and in order while timers go on', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull', { receiveHighWaterMark: 0 })
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      const sending = push!.sendNumbers(0, 200_000)
      let ticks = 0
      const timer = setInterval(() => ticks++, 1)
      const received = await take(pull, 200_000)
      clearInterval(timer)
      await sending
      expect(heads(received)).toEqual(numbers(0, 200_000))
      expect(ticks).toBeGreaterThanOrEqual(2)
    })
  })
}

/** Runs a task until a timer has fired often enough, and says how often it has. */
async function ticksDuring(task: (enough: () => boolean) => Promise<void>): Promise<number> {
  let ticks = 0
  const timer = setInterval(() => {
    if (ticks < wanted) ticks++
  }, 1)
  await task(() => ticks === wanted)
  clearInterval(timer)
  return ticks
}
