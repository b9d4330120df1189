import { describe, expect, it } from 'vitest'
import { Inproc } from '../inproc/inproc.ts'
import { smallArena } from '../memory/smallArena.test-support.ts'
import { ThreadTable } from '../memory/threadTable.ts'
import { socketTypeId } from '../socket/optionDefinition.ts'
import { Pipe, type PipeOwner, type PipeSettings } from '../socket/pipe.ts'
import { reapThreads } from './reaper.ts'
import { Reason, Thread } from './thread.ts'

const NAME = 'name'
const GUEST_THREAD = 101

/** A socket of a thread, and what has become of its pipes. */
class TestSocket implements PipeOwner {
  readonly thread: Thread
  readonly pipes: Pipe[] = []
  readonly ended: Pipe[] = []
  readonly #inproc: Inproc
  readonly #settings: PipeSettings

  constructor(thread: Thread) {
    this.thread = thread
    this.#inproc = new Inproc(thread)
    const socketId = thread.register({
      accept: (id) => this.#add(new Pipe(thread, this, id, 1)),
      shutDown: () => undefined,
      terminate: () => undefined,
    })
    this.#settings = {
      socketId,
      socketType: socketTypeId.Pair,
      sendHighWaterMark: 10,
      receiveHighWaterMark: 10,
      routingId: Buffer.alloc(0),
      isConflating: false,
    }
  }

  bind(): void {
    this.#inproc.bind(NAME, this.#settings, this, (pipe) => this.#add(pipe))
  }

  connect(): void {
    this.#add(this.#inproc.connect(NAME, this.#settings, this))
  }

  #add(pipe: Pipe): void {
    this.pipes.push(pipe)
    pipe.catchUp()
  }

  pipeAttached(): void {
    // Nothing is waiting for it.
  }
  pipeReadable(): void {
    // It is looked at when it should be.
  }
  pipeWritable(): void {
    // As above.
  }
  pipeEnded(pipe: Pipe): void {
    this.ended.push(pipe)
  }
}

/** Three threads of one arena: of a host, of a guest that may be terminated, and of its reaper. */
function threeThreads() {
  const arena = smallArena(4)
  const table = new ThreadTable(arena)
  const [host, guest, reaper] = [100, GUEST_THREAD, 102].map(
    (threadId) => new Thread(arena, table.claim(threadId, -1), () => false),
  ) as [Thread, Thread, Thread]
  return { host: new TestSocket(host), guest: new TestSocket(guest), reaper }
}

class Terminated extends Error {}

/** The thread is terminated when it signals, before or after it has. */
function terminateAtSignal(thread: Thread, isTold: boolean): void {
  const signal = thread.signal.bind(thread)
  thread.signal = (...given) => {
    if (isTold) signal(...given)
    throw new Terminated()
  }
}

describe('the death of a thread', () => {
  it('makes all others look at their pipes, whomever they lead to', () => {
    const { host, guest, reaper } = threeThreads()
    host.bind()
    const connecting = new TestSocket(reaper)
    connecting.connect()
    host.thread.poll()
    const reasons: number[] = []
    const [pipe] = host.pipes
    const signalled = pipe!.signalled.bind(pipe)
    pipe!.signalled = (given) => {
      reasons.push(given)
      signalled(given)
    }
    reapThreads(reaper, GUEST_THREAD)
    expect(reaper.table.isLive(guest.thread.slot)).toBe(false)
    host.thread.poll()
    host.thread.poll()
    expect(reasons).toEqual([Reason.all])
  })
})

describe('a thread that is terminated while it connects', () => {
  it.each([{ isTold: true }, { isTold: false }])(
    'ends a pipe that it has attached already, told: $isTold',
    ({ isTold }) => {
      const { host, guest, reaper } = threeThreads()
      host.bind()
      terminateAtSignal(guest.thread, isTold)
      expect(() => guest.connect()).toThrow(Terminated)
      host.thread.poll()
      reapThreads(reaper, GUEST_THREAD)

      host.thread.poll()
      expect(host.ended).toEqual(host.pipes)
      expect(reaper.pipes.stateOf(0)).toBe(0)
    },
  )

  it('leaves no pipe with its host that others use by now', () => {
    const { host, guest, reaper } = threeThreads()
    host.bind()
    terminateAtSignal(guest.thread, true)
    expect(() => guest.connect()).toThrow(Terminated)
    host.thread.poll()
    reapThreads(reaper, GUEST_THREAD)

    const other = new TestSocket(reaper)
    other.connect()
    other.pipes[0]!.write(Buffer.from('for a new pipe'))
    other.pipes[0]!.flush()
    host.thread.poll()
    const [lost, found] = host.pipes
    expect(lost!.canRead()).toBe(false)
    expect(String(found!.read())).toBe('for a new pipe')
  })
})
