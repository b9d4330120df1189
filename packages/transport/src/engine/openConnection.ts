import type { Socket as Stream } from 'node:net'
import type { SocketSettings } from '@ringpost/core/internal'
import { Connection, type ConnectionEvents } from './connection.ts'
import type { ConnectionSettings } from './connectionSettings.ts'
import { speaksZmtp } from '../wire/socketType.ts'
import { RawConnection } from './rawConnection.ts'
import type { Subscriptions } from './subscriptions.ts'

/** Begins what the type of the socket asks for, on a stream that is connected. */
export function openConnection(
  stream: Stream,
  options: SocketSettings,
  settings: ConnectionSettings,
  subscriptions: Subscriptions | undefined,
  events: ConnectionEvents,
): Connection | RawConnection {
  if (speaksZmtp(options.type)) return new Connection(stream, settings, subscriptions, events)
  const { notify } = options
  return new RawConnection(stream, notify, events)
}
