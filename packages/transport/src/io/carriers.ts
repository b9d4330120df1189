import type { Carrier } from '../stream/carrier.ts'
import { udp } from '../datagram/udp.ts'
import { ipc } from '../stream/ipc.ts'
import { tcp } from '../stream/tcp.ts'
import { ws, wss } from '../websocket/ws.ts'

/** Who serves a scheme. */
export const carriers: Readonly<Record<string, Carrier>> = { ipc, tcp, udp, ws, wss }
