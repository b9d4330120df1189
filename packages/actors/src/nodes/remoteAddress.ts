import { ActorError } from '../errors.ts'
import type { Address } from '../host/address.ts'

/**
 * Where an actor of another node is: the node by an endpoint, or by its name if it listens nowhere
 * (`node:` and the incarnation), and the path of the actor there. One text says it all: it is what
 * travels.
 *
 * In this process such an actor is reached through the program's host, so the other fields are those of
 * the gateway there.
 */
export class RemoteAddress implements Address {
  readonly host = 0
  readonly slot = 0
  readonly generation = 0
  /** The whole, as `tcp://127.0.0.1:9000/counter`. */
  readonly url: string
  /** Names the node. */
  readonly node: string
  /** Names the actor there; begins with a slash. */
  readonly path: string

  constructor(node: string, path: string) {
    this.node = node
    this.path = path
    // The path of a socket has slashes of its own.
    this.url = node.startsWith('ipc:') ? `${node}#${path}` : node + path
  }

  /** @throws {ActorError} `EINVAL`: it names no actor of a node */
  static parse(url: string): RemoteAddress {
    const address = url.length <= MAX_URL ? form.exec(url)?.groups : undefined
    if (address === undefined) throw new ActorError('EINVAL', notAUrl(url))
    return new RemoteAddress(address.ipc ?? address.node!, address.path!)
  }
}

/** The longest text that names an actor. */
const MAX_URL = 1024

const form =
  /^(?:(?<ipc>ipc:\/\/[^#]+)#|(?<node>tcp:\/\/[^/#]+|node:[0-9a-f]{32})#?)(?<path>\/[^\s#]+)$/

const notAUrl = (url: string): string =>
  `${JSON.stringify(String(url).slice(0, 100))} names no actor of a node: tcp://host:port/path or ipc://file#/path does`

/** The name of a node that nobody can connect to, by its incarnation. */
export const nodeName = (incarnation: string): string => `node:${incarnation}`
