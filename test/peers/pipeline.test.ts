import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { startExample, startProgram, type RunningExample } from '../examples/startExample.ts'
import { freePort } from '../support/freeEndpoints.ts'
import { python } from './interpreter.ts'

const worker = fileURLToPath(new URL('../../examples/python/task_worker.py', import.meta.url))

let running: RunningExample[] = []
afterEach(async () => {
  await Promise.all(running.map((example) => example.kill()))
  running = []
})

it('a worker in Python does what one in TypeScript does', async () => {
  const [tasks, results, start] = [await freePort(), await freePort(), await freePort()]
  const [taskEndpoint, resultEndpoint] = [`tcp://127.0.0.1:${tasks}`, `tcp://127.0.0.1:${results}`]
  const startEndpoint = `tcp://127.0.0.1:${start}`
  const sink = startExample('guide/taskSink.js', [resultEndpoint, startEndpoint, '1', '20'])
  const ventilator = startExample('guide/taskVentilator.js', [
    taskEndpoint,
    startEndpoint,
    '20',
    '40',
  ])
  const inPython = startProgram(python('zmq'), [worker, taskEndpoint, resultEndpoint])
  running = [sink, ventilator, inPython]
  expect(await Promise.all([sink.ended(), ventilator.ended()])).toEqual([0, 0])
  expect(sink.output()).toContain('Total elapsed time')
  // It has written all by then; that has yet to be read here.
  await expect.poll(() => inPython.output().match(/task of \d+ ms/g)).toHaveLength(20)
})
