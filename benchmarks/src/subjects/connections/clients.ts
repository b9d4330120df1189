/** The process of all clients: bare sockets that say what REQ sockets do. Told by its parent to ask. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { readOptions } from '../twoSides.ts'
import { Arrivals, handshake, request } from './clientBytes.ts'

/** Fewer than any server lets wait to be accepted. */
const AT_ONCE = 50

const { connections, port } = readOptions<{ connections: number; port: number }>()
const streams: Socket[] = []
let answers = 0
let allAnswered = (): void => undefined

await Promise.all(Array.from({ length: AT_ONCE }, connectInTurn))
const asked = once(process, 'message')
process.send!('connected')
await asked
const answered = new Promise<void>((resolve) => (allAnswered = resolve))
for (const stream of streams) stream.write(request)
await answered
const done = once(process, 'message')
process.send!('answered')
await done
// Or the system would keep a port for each of them for a minute.
for (const stream of streams) stream.resetAndDestroy()
process.disconnect()

async function connectInTurn(): Promise<void> {
  while (streams.length < connections) await connectOne()
}

function connectOne(): Promise<void> {
  const arrivals = new Arrivals()
  const stream = connect({ port, host: '127.0.0.1', noDelay: true })
  streams.push(stream)
  return new Promise((resolve, reject) => {
    stream.on('error', reject)
    stream.on('data', (bytes) => {
      arrivals.take(bytes)
      if (arrivals.hasHandshake) resolve()
      if (arrivals.messages === 1 && ++answers === connections) allAnswered()
    })
    stream.write(handshake)
  })
}
