// A farm of processes over tcp: two workers in Node.js and one in Python, one of which is killed half-way
// Arguments: up to where the prime numbers are added up (2000000), in how many tasks (400)

import { createSystem, type RemoteNode } from '@ringpost/actors'
import { progressBar } from '../progressBar.ts'
import { sumBySieve, type Range, type Worker } from './primes.ts'
import { findPython, startNode, startPython } from './processes.ts'

const [limitText = '2000000', taskText = '400'] = process.argv.slice(2)
const [limit, taskCount] = [Number(limitText), Number(taskText)]
const WORKERS = 3

await using system = await createSystem({ hosts: 0 })
const nodes: RemoteNode[] = []
let allHaveCome!: () => void
const coming = new Promise<void>((resolve) => (allHaveCome = resolve))
const { endpoint } = await system.listen('tcp://127.0.0.1:*', {
  goneAfterMs: 500,
  onNode(node) {
    if (nodes.push(node) === WORKERS) allHaveCome()
  },
})

const python = findPython()
if (python === undefined)
  console.log('No Python with zmq and msgpack was found: the third worker is in Node.js too.')
const victim = startNode(endpoint)
startNode(endpoint)
if (python === undefined) startNode(endpoint)
else startPython(python, endpoint)
await coming
console.log(`${WORKERS} workers have connected.`)

await using farm = await system.farm(nodes.map((node) => node.ref<Worker>('/worker')))
const ranges: Range[] = Array.from({ length: taskCount }, (_, n) => ({
  begin: Math.round((limit * n) / taskCount),
  end: Math.round((limit * (n + 1)) / taskCount),
}))
const run = farm.outcomes(ranges, 'primes', {
  ordered: false,
  arguments: ({ begin, end }) => [begin, end],
  progress: progressBar('Adding', taskCount),
})

const results = new Map<number, number>()
let resultCount = 0
for await (const outcome of run) {
  if (outcome.status === 'failed') throw outcome.error
  results.set(outcome.index, outcome.value)
  resultCount++
  if (resultCount === Math.floor(taskCount / 2)) {
    victim.kill('SIGKILL')
    console.log('Half of the tasks are done: killed a worker.')
  }
}

const sum = [...results.values()].reduce((total, part) => total + part, 0)
console.log(`Tasks: ${taskCount}; results: ${resultCount}, of ${results.size} tasks.`)
console.log(`Tasks of the killed worker that others did again: ${run.progress.retried}.`)
console.log(`Workers left: ${farm.workers}.`)
console.log(`The sum of all prime numbers below ${limit}: ${sum}.`)
if (resultCount !== taskCount || results.size !== taskCount || sum !== sumBySieve(limit)) {
  console.error('That is wrong.')
  process.exitCode = 1
} else console.log('Computed here in another way it is the same.')
