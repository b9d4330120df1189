import { context } from '@ringpost/core'
import { Host } from '../host/host.ts'
import type { HostTask } from './hostThread.ts'

/** The task of a host's thread: it lasts as long as the host. */
export default async function hostMain({ system, number, program }: HostTask): Promise<void> {
  const host = new Host(system, number, context)
  const closed = new Promise<void>((resolve) => {
    host.serve('close', async () => {
      await host.stopActors()
      // The answer leaves first.
      setImmediate(resolve)
    })
  })
  host.open()
  host.notify(program, 'hello', undefined)
  await closed
  host.close()
}
