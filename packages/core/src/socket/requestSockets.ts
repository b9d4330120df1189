import { connectNamed, type RouterConnectOptions } from './connectNamed.ts'
import { socketTypeId } from './optionDefinition.ts'
import type { DealerOptions, ReplyOptions, RequestOptions, RouterOptions } from './optionTypes.ts'
import { BothWaySocket, defineOptions, type OptionsOf } from './typedSocket.ts'

/**
 * Asks REP or ROUTER sockets, in turn, one question at a time: a send, a receive, a send, and so on.
 *
 * Out of turn a call waits for its turn, or fails with `EFSM`. @see RFC 28/REQREP
 */
export class Request extends BothWaySocket {
  constructor(options?: OptionsOf<RequestOptions>) {
    super(socketTypeId.Request, options)
  }
}
export interface Request extends RequestOptions {}
defineOptions(socketTypeId.Request, Request.prototype)

/**
 * Answers REQ and DEALER sockets, taking a question from each in turn: a receive, a send, and so on.
 *
 * Out of turn a call waits for its turn, or fails with `EFSM`. Answers to peers that have gone or
 * have no room are dropped. @see RFC 28/REQREP
 */
export class Reply extends BothWaySocket {
  constructor(options?: OptionsOf<ReplyOptions>) {
    super(socketTypeId.Reply, options)
  }
}
export interface Reply extends ReplyOptions {}
defineOptions(socketTypeId.Reply, Reply.prototype)

/**
 * Sends to its peers in turn and receives from them in turn, at any time. A REP wants an empty
 * frame before the question. @see RFC 28/REQREP
 */
export class Dealer extends BothWaySocket {
  constructor(options?: OptionsOf<DealerOptions>) {
    super(socketTypeId.Dealer, options)
  }
}
export interface Dealer extends DealerOptions {}
defineOptions(socketTypeId.Dealer, Dealer.prototype)

/**
 * Receives from its peers in turn, each message behind the routing id of its sender, and sends to
 * the one that the first frame names, at any time.
 *
 * What is for nobody, or for somebody at the high-water mark, is dropped; with `mandatory` the first
 * fails with `EHOSTUNREACH` and the second waits. @see RFC 28/REQREP
 */
export class Router extends BothWaySocket {
  constructor(options?: OptionsOf<RouterOptions>) {
    super(socketTypeId.Router, options)
  }

  /**
   * Connects to an endpoint, which need not be bound yet.
   *
   * @throws {TypeError} the routing id is neither text nor bytes
   * @throws {SocketError} as `connect` of every socket, and `EINVAL` when the routing id is empty or
   *   another peer has it
   * @see zmq_connect(3)
   */
  override connect(endpoint: string, options: RouterConnectOptions = {}): void {
    connectNamed(this, socketTypeId.Router, options, () => super.connect(endpoint))
  }
}
export interface Router extends RouterOptions {}
defineOptions(socketTypeId.Router, Router.prototype)
