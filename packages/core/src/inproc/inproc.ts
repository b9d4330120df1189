import { SocketError } from '../errors.ts'
import { EndpointTable, type EndpointEntry, type EndpointPlace } from '../memory/endpointTable.ts'
import { EndpointKind } from '../memory/layout.ts'
import { canTalk } from '../socket/peerTypes.ts'
import { freePipe, Pipe, type PipeOwner, type PipeSettings } from '../socket/pipe.ts'
import { Reason, type Thread } from '../thread/thread.ts'

/** A name that this thread has bound. */
export interface Binding {
  readonly place: EndpointPlace
}

/**
 * The transport between the threads of one context: names in shared memory, pipes through it.
 *
 * Binding and connecting only write to shared memory and never wait for the other thread.
 */
export class Inproc {
  readonly #thread: Thread
  readonly #endpoints: EndpointTable
  readonly #waiting = new Map<number, EndpointPlace>()
  /** Ends the waiting of pipes that linger for a time. */
  readonly #lingering = new Set<() => void>()

  constructor(thread: Thread) {
    this.#thread = thread
    this.#endpoints = new EndpointTable(thread.arena, thread.slot)
  }

  /**
   * Binds a name and attaches the connections that wait for it. Where one of them cannot be, for want of
   * memory, that one ends, those before it stay attached, and the name is free again.
   *
   * @throws {SocketError} `EADDRINUSE`, `ENOMEM`, also when the table of names is full
   */
  bind(
    address: string,
    settings: PipeSettings,
    owner: PipeOwner,
    accept: (pipe: Pipe) => void,
  ): Binding {
    const name = Buffer.from(address)
    const entry = entryOf(settings, -1, 0)
    const tentative = this.#endpoints.insert(name, entry, EndpointKind.tentative)
    if (tentative === undefined) throw tooManyNames()
    if (this.#isTaken(name, tentative.index)) {
      this.#endpoints.remove(tentative)
      throw new SocketError('EADDRINUSE')
    }
    const place = this.#endpoints.change(tentative, EndpointKind.bound)
    // Somebody who was binding the same name has struck this one out.
    if (place === undefined) throw new SocketError('EADDRINUSE')
    try {
      for (const waiting of this.#endpoints.find(name, EndpointKind.pending)) {
        const pipe = this.#attachWaiting(waiting, settings, owner)
        if (pipe !== undefined) accept(pipe)
      }
    } catch (error) {
      this.#endpoints.remove(place)
      throw error
    }
    return { place }
  }

  unbind(binding: Binding): void {
    this.#endpoints.remove(binding.place)
  }

  /**
   * Connects to a name, bound or not yet: then messages wait in the pipe.
   *
   * @throws {SocketError} `ENOCOMPATPROTO` for a bound socket of a type that this one cannot talk
   *   to, `ENOMEM`, `EMFILE` when there are too many pipes
   */
  connect(address: string, settings: PipeSettings, owner: PipeOwner): Pipe {
    const name = Buffer.from(address)
    for (;;) {
      const id = this.#makePipe(settings)
      const generation = this.#thread.pipes.generationOf(id)
      const place = this.#endpoints.insert(
        name,
        entryOf(settings, id, generation),
        EndpointKind.pending,
      )
      if (place === undefined) {
        this.#discard(id)
        throw tooManyNames()
      }
      const outcome = this.#attachToBound(name, id, generation, place, settings)
      if (outcome === 'lost') {
        this.#discard(id)
        continue
      }
      if (outcome !== 'attached') this.#waiting.set(id, outcome)
      return new Pipe(this.#thread, owner, id, 0)
    }
  }

  /** Whether somebody listens at a name. */
  isBound(address: string): boolean {
    return this.#endpoints.find(Buffer.from(address), EndpointKind.bound).length > 0
  }

  /** Whether a connection waits for a name to be bound. */
  isAwaited(address: string): boolean {
    return this.#endpoints.find(Buffer.from(address), EndpointKind.pending).length > 0
  }

  /** A pipe waits no more: its other side is there, or it has ended. */
  stopWaiting(pipe: Pipe): void {
    this.#waiting.delete(pipe.id)
  }

  /**
   * Closes a pipe. One whose other side was never there may wait on for it with what was written.
   *
   * @param lingerMs how long it waits; -1 as long as the process lives, 0 not at all
   */
  close(pipe: Pipe, lingerMs: number): void {
    const place = this.#waiting.get(pipe.id)
    this.#waiting.delete(pipe.id)
    pipe.lingerMs = lingerMs
    if (!pipe.isPending) {
      pipe.close()
      return
    }
    if (pipe.backlog === 0 || lingerMs === 0) {
      if (place !== undefined) this.#endpoints.remove(place)
      pipe.close()
      return
    }
    const generation = this.#thread.pipes.generationOf(pipe.id)
    const id = pipe.id
    // For a time, it stays this thread's: nobody else would look at the clock. Without a place,
    // another thread is about to attach the pipe, and will find what was written.
    if (place !== undefined && lingerMs < 0) this.#endpoints.disown(place)
    pipe.closeLingering()
    if (lingerMs > 0) this.#lingerFor(lingerMs, () => this.#giveUp(id, generation, place))
  }

  /** The thread ends: nobody will look at the clock for those that linger for a time. */
  end(): void {
    for (const giveUp of this.#lingering) giveUp()
  }

  #lingerFor(lingerMs: number, giveUp: () => void): void {
    const end = (): void => {
      clearTimeout(timer)
      this.#lingering.delete(end)
      giveUp()
    }
    const timer = setTimeout(end, lingerMs).unref()
    this.#lingering.add(end)
  }

  #giveUp(id: number, generation: number, place: EndpointPlace | undefined): void {
    if (!this.#thread.pipes.claimLingering(id, generation)) return
    if (place !== undefined) this.#endpoints.removeWhoeverOwns(place)
    freePipe(this.#thread, id)
  }

  #isTaken(name: Buffer, own: number): boolean {
    if (this.#endpoints.find(name, EndpointKind.bound).length > 0) return true
    for (const rival of this.#endpoints.find(name, EndpointKind.tentative)) {
      if (rival.index === own) continue
      // Two at once: the lower place wins. The other may not have seen this one, so strike it out;
      // where that fails it was quicker and is bound, or has given up.
      if (rival.index < own) return true
      if (this.#endpoints.remove(rival)) continue
      if (this.#endpoints.find(name, EndpointKind.bound).length > 0) return true
    }
    return false
  }

  #makePipe(settings: PipeSettings): number {
    const { pipes, slot } = this.#thread
    const id = pipes.make(slot)
    if (id < 0) throw new SocketError('EMFILE', { message: 'Too many connections' })
    pipes.setSide(id, 0, slot, settings.socketId)
    if (!Pipe.describe(this.#thread, id, 0, settings)) {
      pipes.release(id)
      throw new SocketError('ENOMEM')
    }
    pipes.open(id)
    return id
  }

  /** Frees a pipe that no socket has seen. */
  #discard(id: number): void {
    if (this.#thread.closeSide(id, 0, false)) freePipe(this.#thread, id)
  }

  /**
   * Attaches the socket that has bound the name, if there is one: `attached`, or the place where
   * the pipe waits, or `lost` when the other thread died in the middle.
   */
  #attachToBound(
    name: Buffer,
    id: number,
    generation: number,
    waiting: EndpointPlace,
    settings: PipeSettings,
  ): EndpointPlace | 'attached' | 'lost' {
    let place = waiting
    for (;;) {
      const [bound] = this.#endpoints.find(name, EndpointKind.bound)
      if (bound === undefined) return place
      const peer = this.#endpoints.read(bound)
      if (peer === undefined) continue
      const taken = this.#endpoints.change(place, EndpointKind.taken)
      // Whoever bound the name has found this pipe by itself.
      if (taken === undefined) return 'attached'
      if (!canTalk(settings.socketType, peer.socketType)) {
        this.#endpoints.remove(taken)
        this.#discard(id)
        throw new SocketError('ENOCOMPATPROTO')
      }
      const outcome = this.#attach(id, generation, bound, peer)
      if (outcome !== 'unbound') {
        this.#endpoints.remove(taken)
        if (outcome !== 'full') return outcome
        this.#discard(id)
        throw new SocketError('ENOMEM')
      }
      // It waits again, and looks again: who has bound the name since has not seen it waiting.
      place = this.#endpoints.change(taken, EndpointKind.pending) ?? taken
    }
  }

  #attach(
    id: number,
    generation: number,
    bound: EndpointPlace,
    peer: EndpointEntry,
  ): 'attached' | 'lost' | 'unbound' | 'full' {
    const { pipes } = this.#thread
    if (!pipes.beginAttach(id, generation)) return 'lost'
    if (!Pipe.describe(this.#thread, id, 1, settingsOf(peer))) {
      pipes.cancelAttach(id)
      return 'full'
    }
    pipes.setSide(id, 1, this.#endpoints.threadOf(bound), peer.socketId)
    // The reaper of a dead thread removes its names first and looks for its pipes then: either it
    // sees the side just set, or this sees that the name is gone.
    if (this.#endpoints.isUnchanged(bound)) {
      pipes.attach(id)
      this.#thread.signal(id, 1, Reason.attached | Reason.readable)
      return 'attached'
    }
    pipes.setSide(id, 1, -1, 0)
    return pipes.cancelAttach(id) ? 'unbound' : 'lost'
  }

  /** Attaches a connection that waits for the name just bound; undefined when another was first. */
  #attachWaiting(
    waiting: EndpointPlace,
    settings: PipeSettings,
    owner: PipeOwner,
  ): Pipe | undefined {
    const entry = this.#endpoints.read(waiting)
    if (entry === undefined || !canTalk(settings.socketType, entry.socketType)) return undefined
    const taken = this.#take(waiting)
    if (taken === undefined) return undefined
    const { pipes, slot } = this.#thread
    const id = entry.pipe
    if (!pipes.beginAttach(id, entry.generation)) {
      this.#endpoints.remove(taken)
      return undefined
    }
    if (!Pipe.describe(this.#thread, id, 1, settings)) {
      this.#endpoints.remove(taken)
      if (this.#thread.closeSide(id, 1, false)) freePipe(this.#thread, id)
      throw new SocketError('ENOMEM')
    }
    pipes.setSide(id, 1, slot, settings.socketId)
    pipes.attach(id)
    this.#endpoints.remove(taken)
    this.#thread.signal(id, 0, Reason.attached)
    return new Pipe(this.#thread, owner, id, 1)
  }

  /** The socket that waits may be closed meanwhile, and leave its connection to nobody. */
  #take(waiting: EndpointPlace): EndpointPlace | undefined {
    for (let place = this.#endpoints.refresh(waiting); place !== undefined;) {
      const taken = this.#endpoints.change(place, EndpointKind.taken)
      if (taken !== undefined) return taken
      place = this.#endpoints.refresh(waiting)
    }
    return undefined
  }
}

function entryOf(settings: PipeSettings, pipe: number, generation: number): EndpointEntry {
  return {
    socketId: settings.socketId,
    pipe,
    generation,
    socketType: settings.socketType,
    sendHighWaterMark: settings.sendHighWaterMark,
    receiveHighWaterMark: settings.receiveHighWaterMark,
    routingId: settings.routingId,
  }
}

function settingsOf(entry: EndpointEntry): PipeSettings {
  return {
    socketId: entry.socketId,
    socketType: entry.socketType,
    sendHighWaterMark: entry.sendHighWaterMark,
    receiveHighWaterMark: entry.receiveHighWaterMark,
    routingId: entry.routingId,
    // The connecting side's to decide.
    isConflating: false,
  }
}

const tooManyNames = (): SocketError =>
  new SocketError('ENOMEM', { message: 'Cannot allocate memory: too many endpoints' })
