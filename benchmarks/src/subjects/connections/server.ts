/**
 * A process with one socket that many connect to. Says in lines its port and, for each line that it is
 * told, by how many bytes its resident memory has grown since it was bound: first when all are connected,
 * then when all are served.
 */
import { createInterface } from 'node:readline'
import { loadSubject, readOptions } from '../twoSides.ts'
import type { ConnectionsSubject, ServerOptions } from './connectionsSubject.ts'

const options = readOptions<ServerOptions>()
const subject = await loadSubject<ConnectionsSubject>(import.meta.url, options.subject)
const lines = createInterface(process.stdin)[Symbol.asyncIterator]()
const side = await subject.open(options.ioThreads)
const residentBefore = process.memoryUsage.rss()
console.log(side.port)
await lines.next()
console.log(process.memoryUsage.rss() - residentBefore)
await side.serve(options.connections)
await lines.next()
console.log(process.memoryUsage.rss() - residentBefore)
process.exit()
