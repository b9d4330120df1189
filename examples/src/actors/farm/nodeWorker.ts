// A worker of the farm: connects to it, and does what it is asked
// Argument: where the farm listens

import { createSystem } from '@ringpost/actors'
import { worker } from './primes.ts'

const [endpoint] = process.argv.slice(2)
const system = await createSystem({ hosts: 1, signals: ['SIGTERM'] })
system.expose('worker', await system.spawn(worker))
const farm = await system.connect(endpoint!, { name: 'Node.js' })
// There is nothing to do any more, however the farm's process has ended.
await farm.down()
await system.close()
