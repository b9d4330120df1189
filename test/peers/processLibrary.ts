import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Answer, type Call, type Envelope, readEnvelopes, writeEnvelope } from './envelope.ts'
import { python } from './interpreter.ts'
import type { End, Library, Message, Options, SocketTypeName } from './library.ts'

/** This package, whether this file runs as it is or compiled. */
const testFolder = dirname(createRequire(import.meta.url).resolve('@ringpost/test/package.json'))

/** What a process is made of: the name that a binding of libzmq has, and its version. */
export interface Version {
  readonly binding: string
  readonly libzmq: string
}

/** A library in a process of its own, which has one socket at a time. */
export class ProcessLibrary implements Library {
  readonly #child: ChildProcess
  readonly #answers: AsyncIterator<Envelope<Answer>, undefined>
  readonly #exited: Promise<unknown>

  private constructor(command: string, programArguments: readonly string[]) {
    this.#child = spawn(command, programArguments, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#exited = once(this.#child, 'exit')
    this.#answers = readEnvelopes(this.#child.stdout as AsyncIterable<Buffer>)
    // That it is gone is what the missing answer says.
    this.#child.stdin!.on('error', () => undefined)
  }

  /** A package of npm that has the calls of zeromq.js. */
  static node(packageName: string): ProcessLibrary {
    const program = join(testFolder, 'dist/peers/nodePeer.js')
    return new ProcessLibrary(process.execPath, [program, packageName])
  }

  /** The binding that Python has. */
  static python(): ProcessLibrary {
    return new ProcessLibrary(python('zmq'), [join(testFolder, 'peers/pythonPeer.py')])
  }

  /** @param credentials a password, or a public key: who is let in by the servers of this library */
  async admit(credentials: Message): Promise<void> {
    await this.#call({ call: 'admit', arguments: [] }, credentials)
  }

  async version(): Promise<Version> {
    return (await this.#call({ call: 'version', arguments: [] })).result as Version
  }

  async open(type: SocketTypeName, options: Options): Promise<End> {
    await this.#call({ call: 'open', arguments: [type, options] })
    return {
      bind: async (endpoint) =>
        (await this.#call({ call: 'bind', arguments: [endpoint] })).result as string,
      connect: async (endpoint, routingId) => {
        const address = routingId === undefined ? [endpoint] : [endpoint, routingId]
        await this.#call({ call: 'connect', arguments: address })
      },
      subscribe: async (topic) =>
        void (await this.#call({ call: 'subscribe', arguments: [topic] })),
      unsubscribe: async (topic) =>
        void (await this.#call({ call: 'unsubscribe', arguments: [topic] })),
      send: async (message) => void (await this.#call({ call: 'send', arguments: [] }, message)),
      receive: async () => (await this.#call({ call: 'receive', arguments: [] })).frames,
      close: async () => void (await this.#call({ call: 'close', arguments: [] })),
    }
  }

  /** Resolves when there is nothing left of the process. */
  async end(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  async #call(call: Call, frames: Message = []): Promise<{ result: unknown; frames: Message }> {
    writeEnvelope(this.#child.stdin!, { head: call, frames })
    const { done, value } = await this.#answers.next()
    if (done === true) throw new Error('the process has ended')
    if ('error' in value.head) throw new Error(`${call.call}: ${value.head.error}`)
    return { result: value.head.result, frames: value.frames }
  }
}
