import { describe, expect, it } from 'vitest'
import { Board } from '../host/board.ts'
import type { HostLoss } from '../host/down.ts'
import { PROGRAM } from '../host/address.ts'
import { startHosts } from '../testing/hosts.test-support.ts'
import { ManualClock } from '../testing/manualClock.ts'
import type { HostRunner } from './hostRunner.ts'
import { Hosts } from './hosts.ts'

const GRACE_MS = 1000

/** The hosts of a system, of which the first has been asked to begin, and does nothing by itself. */
function beginning() {
  const clock = new ManualClock()
  const [program, first] = startHosts(2, clock)
  const losses: HostLoss[] = []
  const run = (): HostRunner => {
    let end!: (loss: HostLoss) => void
    const ended = new Promise<HostLoss>((resolve) => (end = resolve))
    const terminate = (loss: HostLoss): void => {
      losses.push(loss)
      end(loss)
    }
    return { number: 1, seat: 1, ended, terminate }
  }
  const isolation = {
    system: '',
    program: { clock, random: Math.random },
    board: Board.of(2),
    file: new URL(import.meta.url),
    run,
  }
  const hosts = new Hosts(isolation as never, program!, { stuckMs: Infinity })
  const started = hosts.start(1)
  return { clock, hosts, first: first!, started, losses }
}

describe('a host that begins while the system closes', () => {
  it('is ended when it has begun, for it leaves files open that it was about to load', async () => {
    const { hosts, first, started, losses } = beginning()
    const closed = hosts.close(GRACE_MS)
    expect(losses).toEqual([])
    first.notify(PROGRAM, 'hello', undefined)
    await expect(started).rejects.toMatchObject({ code: 'EBOOT' })
    await closed
    expect(losses).toEqual([{ why: 'terminated' }])
  })

  it('is ended after twice the time for its actors if it does not come to that', async () => {
    const { clock, hosts, started, losses } = beginning()
    const closed = hosts.close(GRACE_MS)
    clock.advance(2 * GRACE_MS - 1)
    expect(losses).toEqual([])
    clock.advance(1)
    await expect(started).rejects.toMatchObject({ code: 'EBOOT' })
    await closed
    expect(losses).toEqual([{ why: 'terminated' }])
  })
})
