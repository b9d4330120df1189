import { ActorDefinition } from '../definition/definition.ts'
import { ActorError } from '../errors.ts'
import { checkOptions, group, type Kinds } from '../options/checkOptions.ts'
import { callable, flag, must, text, textsOf, whole } from '../options/kinds.ts'
import { nodeLimits, type NodeLimits } from './limits.ts'
import type { RemoteNode } from './remoteNode.ts'
import { doorKinds, visitorKinds } from './securityOptions.ts'
import type { TopicRights } from './topicsDesk.ts'

/** Definitions that another node may spawn here, by the names it asks for. */
export type Exports = Readonly<Record<string, ActorDefinition<never[], unknown>>>

interface CommonOptions {
  /** What the other side is told this node is called, for people. Default empty. */
  name?: string
  /** Definitions that the other side may spawn here. Default none. */
  exports?: Exports
  /**
   * Whether actors of the other side may link to any of this node that they may call, which fails with them
   * then. Default: only to those that were spawned for it.
   */
  links?: boolean
  /** What the other side may do with the topics of this node. Default nothing. */
  topics?: TopicRights
  limits?: NodeLimits
  /** How often a silent peer is asked for a sign of life; one that gives none three times is lost. Default 1,000. */
  heartbeatMs?: number
  /** How long a node may be without a connection before it counts as gone. Default 5,000. */
  goneAfterMs?: number
  /**
   * Whether a thread of its own does the I/O, so that a program that computes for long is not taken for one that is
   * gone. Without it the program's thread does, and an ask takes half of the time or less: for programs that compute
   * in their hosts, and never for as long as three heartbeats of the other side in their own thread. Default true.
   */
  ioThread?: boolean
}

/** Where other nodes may connect, and which. */
export interface ListenOptions extends CommonOptions {
  /**
   * Encrypts, and lets in who has one of the keys; `any`: whoever knows the server's public key. Keys are
   * 40 characters of Z85 or 32 bytes.
   */
  curve?: {
    readonly secretKey: string | Uint8Array
    readonly clients: 'any' | readonly (string | Uint8Array)[] | ((publicKey: string) => boolean)
  }
  /** Lets in who knows a password; nothing is encrypted. */
  plain?: {
    readonly users:
      | Readonly<Record<string, string>>
      | ((username: string, password: string) => boolean | Promise<boolean>)
  }
  /** Listens beyond this machine although anybody may come in. Default false. */
  insecure?: boolean
  /** Where others find this node, if it is not the endpoint: behind a wildcard or a proxy. */
  address?: string
  /** Called with each node that has come. */
  onNode?: (node: RemoteNode) => void
}

/** How to connect to a node. */
export interface ConnectOptions extends CommonOptions {
  curve?: {
    readonly serverKey: string | Uint8Array
    readonly publicKey: string | Uint8Array
    readonly secretKey: string | Uint8Array
  }
  plain?: { readonly username: string; readonly password: string }
}

const DEFAULT_HEARTBEAT_MS = 1000
const DEFAULT_GONE_AFTER_MS = 5000
/** Signs of life that may be missed. */
const MISSED = 3

const isExports = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((exported) => exported instanceof ActorDefinition)

const commonKinds: Kinds<CommonOptions> = {
  name: text,
  exports: must('an object of definitions by names', isExports),
  links: flag,
  topics: group<keyof TopicRights>({
    subscribe: textsOf('beginnings of topics'),
    publish: textsOf('beginnings of topics'),
  }),
  limits: nodeLimits,
  heartbeatMs: whole(1),
  goneAfterMs: whole(1),
  ioThread: flag,
}

const listenKinds: Kinds<ListenOptions> = {
  ...commonKinds,
  ...doorKinds,
  insecure: flag,
  address: text,
  onNode: callable,
}

const connectKinds: Kinds<ConnectOptions> = { ...commonKinds, ...visitorKinds }

/** @throws {ActorError} `EINVAL`, which names the option */
export const checkListenOptions = (options: ListenOptions): void =>
  checkOptions('listen', options, listenKinds)

/** @throws {ActorError} `EINVAL`, which names the option */
export const checkConnectOptions = (options: ConnectOptions): void =>
  checkOptions('connect', options, connectKinds)

/** The times of a connection. */
export function timesOf({
  heartbeatMs = DEFAULT_HEARTBEAT_MS,
  goneAfterMs = DEFAULT_GONE_AFTER_MS,
}: CommonOptions): {
  heartbeat: { heartbeatInterval: number; heartbeatTimeout: number; heartbeatTimeToLive: number }
  goneAfterMs: number
} {
  const missed = heartbeatMs * MISSED
  return {
    heartbeat: {
      heartbeatInterval: heartbeatMs,
      heartbeatTimeout: missed,
      heartbeatTimeToLive: missed,
    },
    goneAfterMs,
  }
}

/** @throws {ActorError} `EINVAL`: it is no endpoint of tcp or ipc */
export function checkEndpoint(endpoint: string): void {
  if (typeof endpoint !== 'string' || !/^(tcp|ipc):\/\/[^\s#]+$/.test(endpoint))
    throw new ActorError(
      'EINVAL',
      `Nodes meet at tcp:// and ipc://, not at ${JSON.stringify(endpoint)}`,
    )
}

/** Loopback, by address or name; files of this machine. */
const local = /^(ipc:\/\/|tcp:\/\/(127(\.\d{1,3}){3}|localhost|\[::1\]):)/

/**
 * Nothing is open by default.
 *
 * @throws {ActorError} `EINVAL`: it would let anybody in from beyond this machine, and was not told to
 */
export function checkOpenness(endpoint: string, options: ListenOptions): void {
  const { curve, plain, insecure = false } = options
  if (curve !== undefined && plain !== undefined)
    throw new ActorError('EINVAL', 'A node asks for keys or for passwords, not for both')
  if (curve === undefined && plain === undefined && !insecure && !local.test(endpoint))
    throw new ActorError(
      'EINVAL',
      `${endpoint} would let anybody in: give \`curve\` or \`plain\`, or say \`insecure: true\``,
    )
}
