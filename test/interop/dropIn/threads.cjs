const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads')
const zmq = require('zeromq')

/** Shares numbers out among threads, and adds up their squares. */
async function main() {
  const tasks = new zmq.Push()
  const squares = new zmq.Pull()
  await tasks.bind('tcp://127.0.0.1:*')
  await squares.bind('tcp://127.0.0.1:*')
  const endpoints = [tasks.lastEndpoint, squares.lastEndpoint]
  const threads = [1, 2].map(() => new Worker(__filename, { workerData: endpoints }))

  for (const _ of threads) await squares.receive() // each of them is there
  for (let n = 1; n <= 100; n++) await tasks.send(String(n))
  let total = 0
  for (let n = 1; n <= 100; n++) total += Number((await squares.receive())[0])
  console.log(total)
  // Not as a task: one thread might get those of both.
  for (const each of threads) each.postMessage('stop')
}

/** @param {[string, string]} endpoints */
async function thread([tasksAt, squaresAt]) {
  const tasks = new zmq.Pull()
  const squares = new zmq.Push()
  tasks.connect(tasksAt)
  squares.connect(squaresAt)
  parentPort?.once('message', () => tasks.close())
  await squares.send('ready')
  for await (const [task] of tasks) await squares.send(String(Number(task) ** 2))
  squares.close()
}

const running = isMainThread ? main() : thread(workerData)
running.catch((error) => {
  console.error(error)
  process.exitCode = 1
})
