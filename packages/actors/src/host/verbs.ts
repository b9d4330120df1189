/** Who a verb's methods call. */
export interface VerbCaller {
  callTell(method: string, args: unknown[]): boolean
  callSend(method: string, args: unknown[]): Promise<void>
  callAsk(method: string, args: unknown[]): Promise<unknown>
  callStream(method: string, args: unknown[]): AsyncGenerator<unknown, void, void>
}

interface Bound {
  readonly caller: VerbCaller
}

type Method = (this: Bound, ...args: unknown[]) => unknown

/**
 * Makes objects whose every property is a method that sends a message of that name.
 *
 * The names are not known before they are used. A method is made when its name is first used in
 * this thread, and stays on a prototype that all refs share, so that later calls are plain ones.
 *
 * @param methodNamed makes the method of a name: of each verb another function, which V8 can take into its
 *   callers
 */
function verbOf(methodNamed: (name: string) => Method): (caller: VerbCaller) => Bound {
  const made: object = Object.create(null)
  const makes = new Proxy(Object.create(null) as object, {
    get(_, name) {
      // Promises look for `then`, and printing for symbols.
      if (typeof name === 'symbol' || name === 'then') return undefined
      const method = methodNamed(name)
      Object.defineProperty(made, name, { value: method, configurable: true })
      return method
    },
  })
  Object.setPrototypeOf(made, makes)
  function Bound(this: { caller: VerbCaller }, caller: VerbCaller): void {
    this.caller = caller
  }
  Bound.prototype = made
  const Constructor = Bound as unknown as new (caller: VerbCaller) => Bound
  return (caller) => new Constructor(caller)
}

export const verbs = {
  tell: verbOf(
    (name) =>
      function method(...args) {
        return this.caller.callTell(name, args)
      },
  ),
  send: verbOf(
    (name) =>
      function method(...args) {
        return this.caller.callSend(name, args)
      },
  ),
  ask: verbOf(
    (name) =>
      function method(...args) {
        return this.caller.callAsk(name, args)
      },
  ),
  stream: verbOf(
    (name) =>
      function method(...args) {
        return this.caller.callStream(name, args)
      },
  ),
}
