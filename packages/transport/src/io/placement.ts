import { SocketError, type Context } from '@ringpost/core'
import {
  registerTransport,
  type Endpoint,
  type Listener,
  type Site,
  type Transport,
} from '@ringpost/core/internal'
import { withErrno } from '../engine/events.ts'
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

/** Any interface, port or path: what is bound has another name, and may be bound again and have a third. */
const wildcard = /^\*|^[^/]*:(?:\*|0+)(?:\/|$)/

/** Known by what it was asked for as well. */
function known(listener: Listener, { scheme, address }: Endpoint): Listener {
  return wildcard.test(address) ? listener : { ...listener, asked: `${scheme}://${address}` }
}

/** A scheme as core sees it: served by the socket's own thread, or by one that does I/O for it. */
function placed(scheme: string, carrier: Carrier): Transport {
  const isConnectionless = carrier.isConnectionless === true
  const listen = (address: string, site: Site): Listener =>
    local(carrier.listen(address, site), site)
  /** As libzmq tells of it: only where there are connections, and without the scheme. */
  const refused = (error: unknown, { address }: Endpoint, site: Site): unknown => {
    if (!isConnectionless) {
      site.tell({ type: 'bind:error', address, error: withErrno(error as Error) })
    }
    return error
  }
  return {
    schemes: [scheme],
    isConnectionless,
    async bind(endpoint, site) {
      try {
        // Waits only where there is something to look up: other binds begin at once.
        const found = carrier.lookUp?.(endpoint.address, site)
        const place =
          found === undefined ? endpoint : { ...endpoint, address: await site.unlessEnding(found) }
        if (site.context.isShutDown) throw new SocketError('ETERM')
        const listener = (await workerFor(site)?.bind(place, site)) ?? listen(place.address, site)
        return known(listener, endpoint)
      } catch (error) {
        throw refused(error, endpoint, site)
      }
    },
    bindSync(endpoint, site) {
      try {
        const listener = workerFor(site)?.bindSync(endpoint, site) ?? listen(endpoint.address, site)
        return known(listener, endpoint)
      } catch (error) {
        throw refused(error, endpoint, site)
      }
    },
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
