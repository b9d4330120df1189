// Runs the roles of an example as threads of this process, joined by inproc:// endpoints

import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { context } from '@ringpost/transport'

const usage = `Usage: node launch.js <example> [options]

  version
  hello
  weather [zip code …]   one client for each zip code (10001)
      --updates <n>      updates that each client collects (100)
  pipeline
      --workers <n,n,…>  how many workers, one batch for each number (1,2,4)
      --tasks <n>        tasks in a batch (100)
      --longest <ms>     longest task in milliseconds (100)`

const { values: options, positionals } = readArguments()
const [example, ...zipCodes] = positionals

if (options.help) console.log(usage)
else if (example === 'version') await end(start('version'))
else if (example === 'hello') await hello()
else if (example === 'weather') await weather()
else if (example === 'pipeline') await pipeline()
else refuse(example === undefined ? 'which example?' : `no such example: ${example}`)

/** Starts a role in a thread of its own; its arguments are those it would get as a process. */
function start(role: string, ...roleArguments: (string | number)[]): Worker {
  return new Worker(new URL(`./${role}.js`, import.meta.url), { argv: roleArguments })
}

/** Resolves when the role has come to its end; rejects when it failed. */
async function end(role: Worker): Promise<void> {
  await once(role, 'exit')
}

/** Ends the roles that wait for ever: each of their calls fails with ETERM. */
async function shutdown(role: Worker): Promise<void> {
  const failed = once(role, 'error')
  context.shutdown()
  const [error] = await failed
  if (error.code !== 'ETERM') throw error
}

async function hello(): Promise<void> {
  const server = start('helloWorldServer')
  await end(start('helloWorldClient'))
  await shutdown(server)
}

async function weather(): Promise<void> {
  const updates = wholeNumber(options.updates, '--updates')
  for (const zipCode of zipCodes) {
    if (!/^\d{5}$/.test(zipCode)) refuse(`"${zipCode}" is no zip code: five digits are`)
  }
  const server = start('weatherServer')
  const clients = (zipCodes.length === 0 ? ['10001'] : zipCodes).map((zipCode) =>
    start('weatherClient', zipCode, updates),
  )
  await Promise.all(clients.map(end))
  await shutdown(server)
}

async function pipeline(): Promise<void> {
  const workerCounts = options.workers.split(',').map((count) => wholeNumber(count, '--workers'))
  const tasks = wholeNumber(options.tasks, '--tasks')
  const longest = wholeNumber(options.longest, '--longest')

  for (const workerCount of workerCounts) {
    console.log(`\n# ${workerCount} worker${workerCount === 1 ? '' : 's'}`)
    const sink = start('taskSink', 'inproc://results', 'inproc://start', workerCount, tasks)
    const ventilator = start('taskVentilator', 'inproc://tasks', 'inproc://start', tasks, longest)
    const workers = Array.from({ length: workerCount }, () => start('taskWorker'))
    await Promise.all([end(ventilator), end(sink)])

    // A worker waits for ever for its next task; the Guide stops it with Ctrl-C
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        updates: { type: 'string', default: '100' },
        workers: { type: 'string', default: '1,2,4' },
        tasks: { type: 'string', default: '100' },
        longest: { type: 'string', default: '100' },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    refuse((error as Error).message)
  }
}

function wholeNumber(text: string, option: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1) refuse(`${option} wants a number, not "${text}"`)
  return number
}

function refuse(reason: string): never {
  console.error(`launch: ${reason}\n\n${usage}`)
  process.exit(2)
}
