import { Worker, type BroadcastChannel } from 'node:worker_threads'
import type { Thread } from '../thread/thread.ts'
import { answer, messagesIn, type Announcement } from './question.ts'
import type { Registration } from './registrar.ts'

/** A registrar keeps next to nothing; what Node itself needs to start is below this. */
const REGISTRAR_LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 }

/**
 * Answers threads that look for the context of the process, in a thread that was not given it but
 * has found or made it: from its event loop, and while it is blocked through a registrar of its own.
 *
 * Each such thread has its own, for where the main thread has not loaded the library, nobody would
 * learn that one which answers for others has been terminated.
 */
export class Answerer {
  readonly #channel: BroadcastChannel
  readonly #context: SharedArrayBuffer
  readonly #post: (announcement: Announcement) => void
  #hasRegistrar = false

  constructor(channel: BroadcastChannel, context: SharedArrayBuffer) {
    this.#channel = channel
    this.#context = context
    this.#post = (announcement) => channel.postMessage(announcement)
    channel.onmessage = ({ data }: { data: unknown }) => answer(this.#post, data, context)
    // Answering keeps no process alive.
    channel.unref()
  }

  /** Answers what has been asked since the event loop turned last. */
  catchUp(): void {
    for (const message of messagesIn(this.#channel)) answer(this.#post, message, this.#context)
  }

  /**
   * The thread is about to block. Called before each of its sleeps: the registrar, once it listens,
   * ends the one that it is in, so that what was asked up to then is answered here.
   *
   * @param parts the thread's part in each context: it may sleep in any of them
   */
  beforeSleep(parts: Iterable<Thread>): void {
    if (!this.#hasRegistrar) this.#startRegistrar(parts)
    this.catchUp()
  }

  #startRegistrar(parts: Iterable<Thread>): void {
    this.#hasRegistrar = true
    // The calls of this thread do not depend on it, only those that look for the context.
    const warn = (error: unknown): void => process.emitWarning(error as Error)
    try {
      const registrar = new Worker(new URL('./registrar.js', import.meta.url), {
        name: 'ringpost registrar',
        workerData: {
          context: this.#context,
          sleepers: Array.from(parts, ({ arena, slot }) => ({ arena: arena.buffer, slot })),
        } satisfies Registration,
        resourceLimits: REGISTRAR_LIMITS,
        // Not what the program preloads into its own threads.
        execArgv: [],
      })
      registrar.unref()
      registrar.on('error', warn)
    } catch (error) {
      warn(error)
    }
  }
}
