import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setImmediate as turned } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { Heartbeat } from './heartbeat.ts'

/** Both ends of a connection. */
async function connected(): Promise<readonly [Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [far] = (await once(server, 'connection')) as [Socket]
  onTestFinished(() => {
    for (const each of [near, far]) each.destroy()
    server.close()
  })
  return [near, far]
}

/** As a program that computes. */
function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

it.for(['an answer', 'what the peer says'])(
  'finds %s that has come while its thread computed',
  async (what) => {
    const [near, far] = await connected()
    const silences: string[] = []
    // The one time is this side's for an answer, the other the peer's for anything at all.
    const isAnswer = what === 'an answer'
    let ping: () => void
    const pinged = new Promise<void>((resolve) => (ping = resolve))
    const heartbeat = new Heartbeat(
      { intervalMs: 1, timeoutMs: isAnswer ? 5 : 0, timeToLiveMs: 0 },
      () => {
        ping()
        return true
      },
      () => silences.push('silent'),
    )
    const heard = once(near, 'data').then(() => {
      heartbeat.alive()
      heartbeat.stop()
    })
    heartbeat.start()
    await pinged
    if (!isAnswer) heartbeat.askedFor(5)
    // It has been looked whether something has come: that is looked at again after the timers.
    await turned()
    far.write('a sign of life')
    block(50)
    await heard
    await turned()
    expect(silences).toEqual([])
  },
)

it('tells of a silence each time that there is one', async () => {
  // Timers of connections keep no process alive.
  const alive = setInterval(() => undefined, 1000)
  let silences = 0
  let heartbeat: Heartbeat | undefined
  await new Promise<void>((resolve) => {
    const silent = (): void => {
      if (++silences === 2) resolve()
      // As for a peer that is not read from.
      heartbeat!.alive()
    }
    heartbeat = new Heartbeat({ intervalMs: 1, timeoutMs: 1, timeToLiveMs: 0 }, () => true, silent)
    heartbeat.start()
  })
  heartbeat!.stop()
  clearInterval(alive)
  expect(silences).toBe(2)
})
