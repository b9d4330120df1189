import { PROGRAM } from '../host/address.ts'
import type { Host } from '../host/host.ts'

/**
 * Runs a host in this thread until the program closes it.
 *
 * @param beatMs how often it shows that it is alive, in milliseconds; 0: never
 * @param farewell settles when the host may end: what its actors have answered last is not lost with it any more
 */
export async function runHost(
  host: Host,
  beatMs: number,
  farewell: () => Promise<void> = async () => undefined,
): Promise<void> {
  const { ownSeat } = host.placement
  const beats = beatMs > 0 ? setInterval(() => ownSeat.beat(), beatMs).unref() : undefined
  const closed = new Promise<void>((resolve) => {
    host.serve('close', async ({ graceMs }: { graceMs: number }) => {
      await host.stopActors({ drain: false, graceMs })
      await farewell()
      // The answer leaves first.
      setImmediate(resolve)
    })
  })
  host.open()
  host.notify(PROGRAM, 'hello', undefined)
  await closed
  clearInterval(beats)
  host.close()
}
