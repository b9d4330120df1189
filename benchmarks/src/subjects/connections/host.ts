/**
 * The process of one measurement of connections: starts a server and a process of clients, and prints
 * what the server says of its memory when all are connected, and when all have been served.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { saidBy, startPeer, failWith } from '../tcp/twoProcesses.ts'
import { readOptions } from '../twoSides.ts'
import type { ConnectionsOptions } from './connectionsSubject.ts'

const { connections, server: program } = readOptions<ConnectionsOptions>()
const [executable, ...programArguments] = program
const server = spawn(executable!, programArguments, { stdio: ['pipe', 'pipe', 'inherit'] })
failWith(server)
const answers = createInterface(server.stdout)[Symbol.asyncIterator]()
const clients = startPeer(import.meta.url, './clients.js', { connections, port: await answer() })

await saidBy(clients)
server.stdin.write('connected\n')
const connectedBytes = await answer()
const answered = saidBy(clients)
clients.send('ask')
await answered
server.stdin.write('served\n')
const servedBytes = await answer()
const left = once(clients, 'exit')
clients.send('leave')
await left
console.log(JSON.stringify({ connections, connectedBytes, servedBytes }))
process.exit()

async function answer(): Promise<number> {
  const { done, value } = await answers.next()
  if (done === true) throw new Error('the server has ended')
  return Number(value)
}
