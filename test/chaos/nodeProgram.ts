// A node of the chaos: a process that is killed, silenced, or asked to go, and loses its hosts meanwhile.
// Arguments: where to connect, what it is called

import { createSystem } from '@ringpost/actors'
import { chaosWorker, killer } from '../actors/chaosActors.ts'
import { account } from '../actors/nodeActors.ts'

const [endpoint, name] = process.argv.slice(2) as [string, string]

// Who has started it holds the other end.
process.stdin.once('close', () => process.exit()).resume()

const backoff = { firstMs: 1, maxMs: 10 }
const system = await createSystem({
  hosts: 2,
  replacements: { maxRestarts: Infinity, backoff },
  supervision: { maxRestarts: Infinity, backoff },
  signals: ['SIGTERM'],
  logger: false,
})
system.expose('worker', await system.spawn(chaosWorker))
system.expose('account', await system.spawn(account, 0))
await system.connect(endpoint, {
  name,
  exports: { killer, account },
  heartbeatMs: 500,
  goneAfterMs: 60_000,
})
