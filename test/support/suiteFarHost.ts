import type { Context, Zmq } from './suiteApi.ts'
import type { SocketName } from './suiteSubject.ts'

/** A socket of any type, as commands reach it: by the names of its methods and options. */
interface AnySocket extends Record<string, unknown> {
  readonly closed: boolean
  readonly context: Context
  linger: number
  send(message: unknown): Promise<void>
  receive(): Promise<Buffer[]>
  close(): void
  [Symbol.asyncIterator](): AsyncIterator<Buffer[]>
}

/** Owns the far sockets of one thread and does with them what a test asks for. */
export class FarHost {
  readonly #zmq: Zmq
  readonly #sockets = new Map<number, AnySocket>()

  /** @param zmq the module under test, loaded in this thread */
  constructor(zmq: Zmq) {
    this.#zmq = zmq
  }

  /**
   * Opens a socket under a number of the caller's choice.
   *
   * @param options those of the socket, and `contextHandle` for a context that is handed over
   */
  open(id: number, name: SocketName, options: Record<string, unknown> = {}): void {
    const { contextHandle, ...settings } = options
    if (contextHandle !== undefined) {
      settings['context'] = this.#zmq.Context.from(contextHandle as never)
    }
    const Type = this.#zmq[name] as unknown as new (given: object) => AnySocket
    this.#sockets.set(id, new Type(settings))
  }

  /** Does one of the actions below, or else calls that method of the socket. */
  async call(id: number, method: string, parameters: unknown[]): Promise<unknown> {
    const socket = this.#sockets.get(id)
    if (socket === undefined) throw new Error(`there is no far socket ${id}`)
    const action = actions[method]
    if (action !== undefined) return action(socket, ...(parameters as never[]))
    return (socket[method] as (...given: unknown[]) => unknown).apply(socket, parameters)
  }

  closeAll(): void {
    for (const socket of this.#sockets.values()) {
      if (socket.closed) continue
      socket.linger = 0
      socket.close()
    }
    this.#sockets.clear()
  }
}

/** What tests ask for besides single calls. */
const actions: Record<string, (socket: AnySocket, ...parameters: never[]) => unknown> = {
  take: async (socket, count: number) => {
    const messages: Buffer[][] = []
    while (messages.length < count) messages.push(await socket.receive())
    return messages
  },
  sendNumbers: async (socket, from: number, count: number) => {
    for (let number = from; number < from + count; number++) await socket.send(String(number))
  },
  echo: async (socket) => {
    for await (const message of socket) await socket.send(message)
  },
  set: (socket, options: Record<string, unknown>) => void Object.assign(socket, options),
  get: (socket, name: string) => socket[name],
  shutdownContext: (socket) => socket.context.shutdown(),
}
