import { createSystem } from '@ringpost/actors'
import { leaver } from './nodeActors.js'

// A node that has something to tell when a signal ends it. Its argument: who does its I/O.
const system = await createSystem({ hosts: 0, signals: ['SIGTERM'] })
system.expose('leaver', await system.spawn(leaver))
const ioThread = process.argv[2] === 'I/O thread'
const { endpoint } = await system.listen('tcp://127.0.0.1:*', { ioThread })
console.log(endpoint)
