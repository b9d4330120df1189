import { expect, it } from 'vitest'
import { runExample } from '../../examples/runExample.ts'

// With Python, where it has what it takes.

it('a farm of processes loses a worker half-way, and no result', async () => {
  const { stdout, stderr, exitCode } = await runExample('actors/farm/main.js', ['400000', '200'])
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
  expect(stdout).toContain('3 workers have connected.')
  expect(stdout).toContain('Half of the tasks are done: killed a worker.')
  expect(stdout).toContain('Tasks: 200; results: 200, of 200 tasks.')
  expect(stdout).toMatch(/^Tasks of the killed worker that others did again: \d+\.$/m)
  // The killed one is missed a moment later.
  expect(stdout).toMatch(/^Workers left: [23]\.$/m)
  expect(stdout).toContain('The sum of all prime numbers below 400000: 6458901531.')
  expect(stdout).toMatch(/it is the same\.\n$/)
})
