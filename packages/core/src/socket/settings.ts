import { SocketOptions } from './options.ts'

/** Options by which others are set: there is nothing to read. */
type SetOnly = 'verbose' | 'verboser' | 'manualLastValue' | 'tcpAcceptFilter' | 'metadata'

/** A socket's options for those who only read them. */
export type SocketSettings = Readonly<Omit<SocketOptions, SetOnly | 'read' | 'write'>>

const getters = Object.entries(Object.getOwnPropertyDescriptors(SocketOptions.prototype)).filter(
  ([, descriptor]) => descriptor.get !== undefined,
)

/** A copy of a socket's options as they are now, which can be cloned and sent to another thread. */
export function settingsOf(options: SocketSettings): SocketSettings {
  const read = getters.map(([name]) => [name, Reflect.get(options, name)] as const)
  return { ...options, ...Object.fromEntries(read) }
}
