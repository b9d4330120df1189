// The server of a chat: lets nodes in, and prints what is said in all rooms
// Argument: where it listens (tcp://127.0.0.1:9000)

import { createSystem } from '@ringpost/actors'
import { seat } from './seat.ts'

const [wanted = 'tcp://127.0.0.1:9000'] = process.argv.slice(2)

const system = await createSystem({ hosts: 2, signals: ['SIGINT', 'SIGTERM'] })
system.topics.subscribe<string>('', (text, topic) => console.log(`${topic}: ${text}`))
const { endpoint } = await system.listen(wanted, { exports: { seat }, goneAfterMs: 1000 })
console.log(`Listening at ${endpoint}`)
