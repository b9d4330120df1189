// Task worker
// Connects a PULL socket to the ventilator and collects tasks from there
// Connects a PUSH socket to the sink and sends results to there

import { Pull, Push } from '@ringpost/transport'

const [taskEndpoint = 'inproc://tasks', resultEndpoint = 'inproc://results'] = process.argv.slice(2)

// Socket to receive tasks on
const tasks = new Pull()
tasks.connect(taskEndpoint)

// Socket to send results to; the first message says that this worker is connected
const results = new Push()
results.connect(resultEndpoint)
results.sendSync('ready')

// Process tasks for ever
while (true) {
  const [workload] = tasks.receiveSync()

  // Do the work: nobody ever changes this word, so the thread sleeps until the time is up
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(workload))

  // Send the result to the sink
  results.sendSync('')
}
