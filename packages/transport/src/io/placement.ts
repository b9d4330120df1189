import type { Context } from '@ringpost/core'
import {
  registerTransport,
  type Listener,
  type Site,
  type Transport,
} from '@ringpost/core/internal'
import type { Carrier, Running } from '../stream/carrier.ts'
import { carriers } from './carriers.ts'
import { IoWorker } from './ioWorker.ts'

/** The threads that do I/O for this one's sockets of a context. */
const workers = new WeakMap<Context, IoWorker[]>()
let turns = 0

/** Who does I/O for a socket: threads in turn; undefined when its own is to. */
function workerFor({ context }: Site): IoWorker | undefined {
  const { ioThreads } = context
  if (ioThreads === 0) return undefined
  const all = workers.get(context) ?? []
  workers.set(context, all)
  const index = turns++ % ioThreads
  const known = all[index]
  if (known?.isGone === false) return known
  return (all[index] = new IoWorker(context))
}

function local(running: Running, site: Site): Listener {
  site.servedHere()
  site.whenClosed(() => running.abandon())
  const { endpoint } = running
  const close = (): void => running.close(site.options.linger)
  return { endpoint, close, closeSync: close }
}

/** A scheme as core sees it: served by the socket's own thread, or by one that does I/O for it. */
function placed(scheme: string, carrier: Carrier): Transport {
  const listen = (address: string, site: Site): Listener =>
    local(carrier.listen(address, site), site)
  return {
    schemes: [scheme],
    isConnectionless: carrier.isConnectionless === true,
    bind: async (endpoint, site) =>
      workerFor(site)?.bind(endpoint, site) ?? listen(endpoint.address, site),
    bindSync: (endpoint, site) =>
      workerFor(site)?.bindSync(endpoint, site) ?? listen(endpoint.address, site),
    connect(endpoint, site, pipeName) {
      const { address } = endpoint
      carrier.check(address, site)
      return (
        workerFor(site)?.connect(endpoint, site, pipeName) ??
        local(carrier.dial(address, site, pipeName), site)
      )
    },
  }
}

for (const [scheme, carrier] of Object.entries(carriers)) registerTransport(placed(scheme, carrier))
