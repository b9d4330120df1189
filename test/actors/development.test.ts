import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const program = fileURLToPath(new URL('developmentProgram.ts', import.meta.url))

/** Ways to run TypeScript without a build; Node.js has its own from 22.18 on. */
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const ways: [name: string, flags: string[]][] = [['tsx', ['--import', tsx]]]
if ('typescript' in process.features && process.features.typescript !== false)
  ways.push(['Node.js', []])

it.each(ways)('definitions in TypeScript are found by hosts with %s', async (_, flags) => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, program])
  expect({ stdout, stderr }).toEqual({ stdout: 'hello TypeScript, 42 on 1 of 1\n', stderr: '' })
})
