import { ActorError } from '../errors.ts'
import type { Address } from '../host/address.ts'

/**
 * Where an actor of another node is: the node by an endpoint, or by its name if it listens nowhere
 * (`node:` and the incarnation), and the path of the actor there. One text says it all: it is what
 * travels. In this process the actor is reached through the gateway.
 */
export interface RemoteAddress extends Address {
  /** The whole, as `tcp://127.0.0.1:9000/counter`. */
  readonly url: string
  /** Names the node. */
  readonly node: string
  /** Names the actor there; begins with a slash. */
  readonly path: string
}

/** Where the gateway is, in the program's host: no actor has this place. */
const gateway: Address = { host: 0, slot: 0, generation: 0xffff_ffff }

/** Whether what calls other nodes is meant. */
export const isGateway = ({ slot, generation }: Pick<Address, 'slot' | 'generation'>): boolean =>
  slot === gateway.slot && generation === gateway.generation

export function remoteAddress(node: string, path: string): RemoteAddress {
  // The path of a socket has slashes of its own.
  const url = node.startsWith('ipc:') ? `${node}#${path}` : node + path
  return { ...gateway, url, node, path }
}

/** @throws {ActorError} `EINVAL`: it names no actor of a node */
export function remoteAddressOf(url: string): RemoteAddress {
  const parts = url.length <= MAX_URL ? form.exec(url)?.groups : undefined
  if (parts === undefined) throw new ActorError('EINVAL', notAUrl(url))
  return remoteAddress(parts.ipc ?? parts.node!, parts.path!)
}

/** The longest text that names an actor. */
const MAX_URL = 1024

const form =
  /^(?:(?<ipc>ipc:\/\/[^#]+)#|(?<node>tcp:\/\/[^/#]+|node:[0-9a-f]{32})#?)(?<path>\/[^\s#]+)$/

const notAUrl = (url: string): string =>
  `${JSON.stringify(String(url).slice(0, 100))} names no actor of a node: tcp://host:port/path or ipc://file#/path does`

/** The name of a node that nobody can connect to, by its incarnation. */
export const nodeName = (incarnation: string): string => `node:${incarnation}`
