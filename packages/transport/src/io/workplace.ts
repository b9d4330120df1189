import type { Context, SocketEvent } from '@ringpost/core'
import { enter, type Site, type SocketSettings } from '@ringpost/core/internal'
import { withErrno } from '../engine/events.ts'
import { faultOf } from '../fault.ts'
import type { Running } from '../stream/carrier.ts'
import { carriers } from './carriers.ts'
import type { Channel } from './channel.ts'
import { plainError, plainEvent, type Notice, type Order, type SiteState } from './messages.ts'

/** A socket of another thread, and what is run for it here. */
interface RemoteSite extends Site {
  options: SocketSettings
  isConflating: boolean
  readonly runs: Map<Running, Promise<void>>
}

/** What a thread does that does I/O for another thread's sockets. */
export class Workplace {
  readonly #context: Context
  readonly #channel: Channel<Notice, Order>
  readonly #sites = new Map<number, RemoteSite>()
  readonly #running = new Map<number, Running>()

  constructor(context: Context, channel: Channel<Notice, Order>) {
    this.#context = context
    this.#channel = channel
  }

  obey(order: Order): void {
    if (order.do === 'listen') this.#listen(order)
    else if (order.do === 'dial') this.#dial(order)
    else if (order.do === 'close') this.#close(order.id, order.lingerMs)
    else void this.#finish(order.site)
  }

  #listen({ id, site, scheme, address }: Extract<Order, { do: 'listen' }>): void {
    try {
      const running = carriers[scheme]!.listen(address, this.#siteOf(site))
      this.#run(id, site, running)
      this.#channel.post({ tell: 'listening', id, endpoint: running.endpoint })
    } catch (error) {
      this.#channel.post({ tell: 'refused', id, error: plainError(error as Error) })
    }
  }

  #dial({ id, site, scheme, address, pipeName }: Extract<Order, { do: 'dial' }>): void {
    const from = this.#siteOf(site)
    try {
      // It was checked where it was asked for.
      this.#run(id, site, carriers[scheme]!.dial(address, from, pipeName))
    } catch (thrown) {
      const error = withErrno(faultOf(thrown))
      from.tell({ type: 'close:error', address: `${scheme}://${address}`, error })
    }
  }

  #run(id: number, site: SiteState, running: Running): void {
    const { runs } = this.#sites.get(site.id)!
    this.#running.set(id, running)
    const run = running.done.then(() => {
      this.#running.delete(id)
      runs.delete(running)
    })
    runs.set(running, run)
  }

  #close(id: number, lingerMs: number): void {
    this.#running.get(id)?.close(lingerMs)
    this.#channel.post({ tell: 'closed', id })
  }

  async #finish(id: number): Promise<void> {
    const site = this.#sites.get(id)
    this.#sites.delete(id)
    if (site !== undefined) {
      for (const running of site.runs.keys()) running.abandon()
      await Promise.all(site.runs.values())
    }
    this.#channel.post({ tell: 'finished', site: id })
  }

  #siteOf(state: SiteState): Site {
    const known = this.#sites.get(state.id)
    if (known !== undefined) {
      known.options = state.options
      known.isConflating = state.isConflating
      return known
    }
    const site: RemoteSite = {
      ...this.#context[enter](),
      context: this.#context,
      options: state.options,
      name: state.name,
      isConflating: state.isConflating,
      runs: new Map(),
      tell: (event) => this.#tell(site, state.id, event),
      whenClosed: inAnotherThread,
      unlessEnding: inAnotherThread,
      servedHere: inAnotherThread,
    }
    this.#sites.set(state.id, site)
    return site
  }

  /** Events may be lost on those who do not read them; how it is with a connection at last is not. */
  #tell({ runs }: RemoteSite, id: number, event: SocketEvent): void {
    const notice: Notice = { tell: 'event', site: id, event: plainEvent(event) }
    if (this.#channel.offer(notice) || !tellsState(event)) return
    const { type, address } = event as SocketEvent & { address: string }
    // One name for each endpoint that the socket has: they are as many as it has asked for.
    for (const { endpoint } of runs.keys()) {
      if (endpoint !== address) continue
      this.#channel.offerLatest(`${id} ${type} ${address}`, notice)
      return
    }
  }
}

/** What tells whether there is a connection, or will never be. */
const tellsState = ({ type }: SocketEvent): boolean =>
  type === 'handshake' || type === 'disconnect' || type.startsWith('handshake:error')

/** For what only the socket's own thread may ask. */
function inAnotherThread(): never {
  throw new Error('the socket is in another thread')
}
