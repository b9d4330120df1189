// The Guide's pipeline as actors: one batch for each number of workers
// Arguments: numbers of workers (1,2,4), tasks in a batch (100), longest task in milliseconds (100)

import { createSystem } from '@ringpost/actors'
import { sink } from './sink.ts'
import { ventilator } from './ventilator.ts'
import { worker } from './worker.ts'

const [workerCounts = '1,2,4', taskCount = '100', longestMs = '100'] = process.argv.slice(2)

await using system = await createSystem()

for (const workerCount of workerCounts.split(',').map(Number)) {
  console.log(`\n# ${workerCount} worker${workerCount === 1 ? '' : 's'}`)
  await using source = await system.spawn(ventilator, Number(taskCount), Number(longestMs))
  console.log(`Total expected cost: ${await source.ask.expectedMs()} msec`)

  await using target = await system.spawn(sink)
  const workers = await Promise.all(
    Array.from({ length: workerCount }, () => system.spawn(worker, target)),
  )
  await source.with({ timeoutMs: Infinity }).ask.ventilate(workers)

  const { results, elapsedMs } = await target.ask.report()
  console.log(`${results}\nTotal elapsed time: ${Math.round(elapsedMs)} msec`)
  await Promise.all(workers.map((each) => each.stop()))
}
