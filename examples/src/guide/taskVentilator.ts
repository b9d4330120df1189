// Task ventilator
// Binds a PUSH socket and sends a batch of tasks to the workers through it

import { Push, Request } from '@ringpost/transport'

const [
  taskEndpoint = 'inproc://tasks',
  startEndpoint = 'inproc://start',
  taskCount = '100',
  longestTaskMs = '100',
] = process.argv.slice(2)

// Socket to send tasks on
const tasks = new Push()
tasks.bindSync(taskEndpoint)

// Random workloads, by default of 1 to 100 ms
const workloads = Array.from({ length: Number(taskCount) }, () =>
  Math.ceil(Math.random() * Number(longestTaskMs)),
)
const totalMs = workloads.reduce((total, workload) => total + workload, 0)
console.log(`Total expected cost: ${totalMs} msec`)

// The sink answers when all workers are connected, and starts the clock. (The Guide waits for
// the Enter key here.) Without this, the first worker to connect would get all the tasks.
const start = new Request()
start.connect(startEndpoint)
start.sendSync('Ready?')
start.receiveSync()

for (const workload of workloads) tasks.sendSync(String(workload))

start.close()
tasks.close()
