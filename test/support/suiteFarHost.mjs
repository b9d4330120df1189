/**
 * Owns the far sockets of one thread and does with them what a test asks for.
 *
 * Plain JavaScript, because a worker thread loads it as it is.
 */
export class FarHost {
  #zmq
  #sockets = new Map()

  /** @param zmq the module under test, loaded in this thread */
  constructor(zmq) {
    this.#zmq = zmq
  }

  /** Opens a socket under a number of the caller's choice. */
  open(id, name, options = {}) {
    const { contextHandle, ...rest } = options
    const given = contextHandle ? { ...rest, context: this.#context(contextHandle) } : rest
    this.#sockets.set(id, new this.#zmq[name](given))
  }

  /** Calls a method of this class that takes a socket, or else one of the socket itself. */
  async call(id, method, parameters) {
    const socket = this.#sockets.get(id)
    if (method in compound) return compound[method](socket, ...parameters)
    return socket[method](...parameters)
  }

  closeAll() {
    for (const socket of this.#sockets.values()) {
      if (socket.closed) continue
      socket.linger = 0
      socket.close()
    }
    this.#sockets.clear()
  }

  /** One object per handle, so that a context lives as long as the sockets made with it. */
  #contexts = new Map()

  #context(handle) {
    const known = this.#contexts.get(handle) ?? this.#zmq.Context.from(handle)
    this.#contexts.set(handle, known)
    return known
  }
}

/** What tests ask for besides single calls. */
const compound = {
  async take(socket, count) {
    const messages = []
    while (messages.length < count) messages.push(await socket.receive())
    return messages
  },
  async sendNumbers(socket, from, count) {
    for (let number = from; number < from + count; number++) await socket.send(String(number))
  },
  async echo(socket) {
    for await (const message of socket) await socket.send(message)
  },
  set(socket, options) {
    Object.assign(socket, options)
  },
  get(socket, name) {
    return socket[name]
  },
  shutdownContext(socket) {
    socket.context.shutdown()
  },
}
