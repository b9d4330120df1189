import { Context } from '@ringpost/transport'

/**
 * The contexts of connections whose I/O is done in one kind of place: apart from the program's own sockets, and
 * from their authenticator. A context lives as long as the program, and so does its thread.
 */
class Contexts {
  readonly #ioThreads: number
  #shared: Context | undefined
  readonly #spare: Context[] = []

  constructor(ioThreads: number) {
    this.#ioThreads = ioThreads
  }

  /** For all that ask nobody who may come in. */
  get shared(): Context {
    return (this.#shared ??= this.#make())
  }

  /** For one endpoint with rules: a context has one authenticator. One that was given back serves again. */
  take(): Context {
    return this.#spare.pop() ?? this.#make()
  }

  giveBack(context: Context): void {
    this.#spare.push(context)
  }

  #make(): Context {
    return new Context({ ioThreads: this.#ioThreads })
  }
}

const withThread = new Contexts(1)
const inOwnLoop = new Contexts(0)

export const contextsFor = ({ ioThread = true }: { ioThread?: boolean }): Contexts =>
  ioThread ? withThread : inOwnLoop
