import type { Socket as Stream } from 'node:net'
import type { SocketSettings } from '@ringpost/core/internal'
import { Connection, type ConnectionEvents } from './connection.ts'
import type { ConnectionSettings } from './connectionSettings.ts'
import { speaksZmtp } from '../wire/socketType.ts'
import type { Wire } from '../stream/wire.ts'
import type { Opening } from './opening.ts'
import { RawConnection } from './rawConnection.ts'
import type { Subscriptions } from './subscriptions.ts'

/**
 * Begins what the type of the socket asks for, on a wire that is connected.
 *
 * @param open how, where there is to be more than bytes
 */
export function openConnection(
  wire: Wire,
  open: Opening,
  options: SocketSettings,
  settings: ConnectionSettings,
  subscriptions: Subscriptions | undefined,
  events: ConnectionEvents,
): Connection | RawConnection {
  keepAlive(wire.stream, options)
  if (speaksZmtp(options.type)) return new Connection(wire, open, settings, subscriptions, events)
  const { notify } = options
  return new RawConnection(wire, notify, events)
}

/**
 * Has the system probe a connection of tcp that is idle, if the options say so. Before it is connected, the
 * time would be one of libuv's.
 */
function keepAlive(stream: Stream, { tcpKeepalive, tcpKeepaliveIdle }: SocketSettings): void {
  // Without a time, it is the system's.
  if (tcpKeepalive === 1) stream.setKeepAlive(true, Math.max(tcpKeepaliveIdle, 0) * 1000)
}
