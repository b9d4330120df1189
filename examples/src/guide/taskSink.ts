// Task sink
// Binds a PULL socket and collects results from the workers through it

import { Pull, Reply } from '@ringpost/transport'

const [
  resultEndpoint = 'inproc://results',
  startEndpoint = 'inproc://start',
  workerCount = '1',
  taskCount = '100',
] = process.argv.slice(2)

// Socket to receive results on
const results = new Pull()
await results.bind(resultEndpoint)

// Socket on which the ventilator asks whether it may start
const start = new Reply()
await start.bind(startEndpoint)

// Each worker reports once when it is connected; then the batch may start
for (let worker = 0; worker < Number(workerCount); worker++) await results.receive()
await start.receive()

// Start our clock now, before anybody else can begin
const startTime = performance.now()
await start.send('Go')

for (let task = 0; task < Number(taskCount); task++) {
  await results.receive()
  process.stdout.write(task % 10 === 0 ? ':' : '.')
}

// Calculate and report the duration of the batch
console.log(`\nTotal elapsed time: ${Math.round(performance.now() - startTime)} msec`)

start.close()
results.close()
