import { writeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isMainThread, Worker } from 'node:worker_threads'
import { SocketError, type Context } from '@ringpost/core'
import {
  enter,
  settingsOf,
  type Dialer,
  type Endpoint,
  type Listener,
  type Site,
  type Thread,
} from '@ringpost/core/internal'
import { Channel } from './channel.ts'
import type { IoThreadData } from './ioThread.ts'
import { eventOf, socketErrorOf, type Notice, type Order, type SiteState } from './messages.ts'

type Answer = Extract<Notice, { tell: 'listening' | 'refused' | 'closed' }>
type Ask = (answered: (answer: Answer) => void) => void

/** After so long a wait at the end of the process somebody might want to know what it waits for. */
const TELL_AFTER_MS = 500
/** Of the process; `process.stderr` of a thread goes through the main one, and has no number. */
const STANDARD_ERROR = 2

const stillWaiting = (pid: number): string =>
  `(ringpost:${pid}) Waiting until messages that were sent are delivered; the option linger limits that.\n`

/** The main thread, in contexts whose messages are waited for at the end of the process. */
const leaving = new Set<Thread>()

function endWithProcess(thread: Thread): void {
  // Other threads do so by themselves.
  if (!isMainThread) return
  if (leaving.size === 0) {
    process.once('exit', () => {
      for (const each of leaving) each.end()
    })
  }
  leaving.add(thread)
}

/** By their numbers. */
type Endpoints = Map<number, { readonly address: string; readonly isListener: boolean }>

/** For who binds or connects. What it failed by, the process is warned of. */
const noThread = (): SocketError =>
  new SocketError('EMTHREAD', {
    message:
      'No thread available: the one that does I/O has failed, or could not begin, as in a program that was bundled; ' +
      'set context.ioThreads to 0 to do without one',
  })

let names = 0

/**
 * A thread of this one that does I/O for the sockets of this one: connections live on, heartbeats are
 * answered and messages taken in while this thread computes or blocks.
 */
export class IoWorker {
  readonly #context: Context
  readonly #thread: Thread
  readonly #channel: Channel<Order, Notice>
  readonly #sites = new Map<number, Site>()
  readonly #siteIds = new WeakMap<Site, number>()
  /** Sockets that are closed, and of which something may linger. */
  readonly #finishing = new Set<number>()
  readonly #answers = new Map<number, (answer: Answer) => void>()
  /** Where it listens and whom it dials, by number, for each socket: they are told when it fails. */
  readonly #endpoints = new Map<Site, Endpoints>()
  #ids = 0
  #isGone = false

  constructor(context: Context) {
    this.#context = context
    const { thread, inproc } = context[enter]()
    this.#thread = thread
    // No name of a user's begins so.
    const name = `\0io ${thread.slot} ${++names}`
    this.#channel = Channel.connect<Order, Notice>(
      thread,
      inproc,
      name,
      (notice) => this.#take(notice),
      () => this.#gone(),
    )
    const workerData: IoThreadData = { handle: context.handle, name }
    // Nothing of the program's own is to run there.
    const worker = new Worker(fileURLToPath(new URL('ioThread.js', import.meta.url)), {
      workerData,
      argv: [],
      execArgv: [],
      name: 'ringpost I/O',
    })
    worker.unref()
    let fault: unknown
    // Uncaught it would end the process.
    worker.once('error', (error) => (fault = error))
    worker.once('exit', () => {
      this.#gone()
      this.#tellOfEnd(fault)
    })
    // After the sockets were closed, and while pipes still work.
    thread.lastActs.unshift(() => this.#waitForLast())
    endWithProcess(thread)
  }

  /** Whether the thread has failed. */
  get isGone(): boolean {
    return this.#isGone
  }

  async bind(endpoint: Endpoint, site: Site): Promise<Listener> {
    const answer = await this.#answerTo((answered) => this.#listen(endpoint, site, answered))
    return this.#listener(answer, site)
  }

  bindSync(endpoint: Endpoint, site: Site): Listener {
    const answer = this.#answerNow((answered) => this.#listen(endpoint, site, answered))
    return this.#listener(answer, site)
  }

  /** Waits for an answer without blocking. */
  async #answerTo(ask: Ask): Promise<Answer> {
    const { keepAlive } = this.#thread
    keepAlive.hold()
    try {
      return await new Promise<Answer>(ask)
    } finally {
      keepAlive.release()
    }
  }

  /** Waits for an answer, blocking. @throws {SocketError} `ETERM` */
  #answerNow(ask: Ask): Answer {
    let answer: Answer | undefined
    ask((given) => {
      answer = given
    })
    while (answer === undefined) {
      if (this.#context.isShutDown) throw new SocketError('ETERM')
      this.#channel.wait(Infinity)
    }
    return answer
  }

  connect({ scheme, address }: Endpoint, site: Site, pipeName: string | undefined): Dialer {
    const id = ++this.#ids
    this.#post({ do: 'dial', id, site: this.#stateOf(site), scheme, address, pipeName })
    const endpoints = this.#endpointsOf(site)
    endpoints.set(id, { address: `${scheme}://${address}`, isListener: false })
    return {
      close: () => {
        endpoints.delete(id)
        this.#close(id, site)
      },
    }
  }

  #listen({ scheme, address }: Endpoint, site: Site, answered: (answer: Answer) => void): void {
    const id = ++this.#ids
    this.#answers.set(id, answered)
    this.#post({ do: 'listen', id, site: this.#stateOf(site), scheme, address })
  }

  #listener(answer: Answer, site: Site): Listener {
    if (answer.tell === 'refused') throw socketErrorOf(answer.error)
    if (answer.tell === 'closed') throw noThread()
    const { id, endpoint } = answer
    const endpoints = this.#endpointsOf(site)
    endpoints.set(id, { address: endpoint, isListener: true })
    const closing: Ask = (answered) => {
      // With the thread that has failed its listeners are gone.
      if (this.#isGone) {
        answered({ tell: 'closed', id })
        return
      }
      this.#answers.set(id, (closed) => {
        endpoints.delete(id)
        answered(closed)
      })
      this.#close(id, site)
    }
    return {
      endpoint,
      close: async () => void (await this.#answerTo(closing)),
      closeSync: () => void this.#answerNow(closing),
    }
  }

  #close(id: number, site: Site): void {
    this.#post({ do: 'close', id, lingerMs: site.options.linger })
  }

  /** @throws {SocketError} `EMTHREAD`: the thread that does I/O has failed */
  #post(order: Order): void {
    if (!this.#isGone) this.#channel.post(order)
    else if (order.do === 'listen' || order.do === 'dial') throw noThread()
  }

  #stateOf(site: Site): SiteState {
    const { name, isConflating, options } = site
    return { id: this.#idOf(site), name, isConflating, options: settingsOf(options) }
  }

  #idOf(site: Site): number {
    const known = this.#siteIds.get(site)
    if (known !== undefined) return known
    const id = ++this.#ids
    this.#siteIds.set(site, id)
    this.#sites.set(id, site)
    site.whenClosed(() => this.#finish(id, site))
    return id
  }

  #endpointsOf(site: Site): Endpoints {
    const known = this.#endpoints.get(site)
    if (known !== undefined) return known
    const endpoints: Endpoints = new Map()
    this.#endpoints.set(site, endpoints)
    return endpoints
  }

  /** What is still to be sent keeps the process alive. */
  #finish(id: number, site: Site): void {
    for (const { address, isListener } of this.#endpointsOf(site).values()) {
      // The socket tells of its end before the other thread has heard of it.
      if (isListener) site.tell({ type: 'close', address })
    }
    this.#endpoints.delete(site)
    if (this.#isGone) return
    this.#finishing.add(id)
    this.#thread.keepAlive.hold()
    this.#channel.post({ do: 'finish', site: id })
  }

  #finished(id: number): void {
    if (this.#finishing.delete(id)) this.#thread.keepAlive.release()
    this.#sites.delete(id)
  }

  #take(notice: Notice): void {
    if (notice.tell === 'event') this.#sites.get(notice.site)?.tell(eventOf(notice.event))
    else if (notice.tell === 'finished') this.#finished(notice.site)
    else this.#answer(notice)
  }

  #answer(answer: Answer): void {
    const answered = this.#answers.get(answer.id)
    this.#answers.delete(answer.id)
    answered?.(answer)
  }

  #waitForLast(): void {
    for (let isTold = false; this.#finishing.size > 0; isTold = true) {
      const end = performance.now() + TELL_AFTER_MS
      while (this.#finishing.size > 0 && performance.now() < end) {
        this.#channel.wait(end - performance.now())
      }
      if (this.#finishing.size > 0 && !isTold) {
        // Nothing else is written any more at the end of a process.
        writeSync(STANDARD_ERROR, stillWaiting(process.pid))
      }
    }
  }

  /** Its connections are gone: sockets are told of each endpoint, and why. */
  #tellOfEnd(cause: unknown): void {
    // Sockets whose events nobody reads would just hear nothing any more.
    if (cause instanceof Error) process.emitWarning(cause)
    const message = 'The thread that did I/O for it has failed'
    const error = new SocketError(
      'EMTHREAD',
      cause === undefined ? { message } : { message, cause },
    )
    for (const [site, endpoints] of this.#endpoints) {
      for (const { address, isListener } of endpoints.values()) {
        if (isListener) site.tell({ type: 'accept:error', address, error })
        else site.tell({ type: 'disconnect', address, error })
      }
    }
    this.#endpoints.clear()
  }

  /** It has failed. */
  #gone(): void {
    if (this.#isGone) return
    this.#isGone = true
    const error = noThread()
    for (const id of this.#answers.keys()) {
      const { message } = error
      const facts = { name: error.name, code: error.code }
      const told = { message, stack: undefined, facts, cause: undefined }
      this.#answer({ tell: 'refused', id, error: told })
    }
    for (const id of this.#finishing) this.#finished(id)
  }
}
