import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const program = fileURLToPath(new URL('../dist/chaos/main.js', import.meta.url))
/** Half as long as the chaos of sockets, for starting and killing processes is most of it. */
const seconds = String(Number(process.env['RINGPOST_STRESS_SECONDS'] ?? 180) / 2)

it('hosts and nodes end at any moment for minutes: each result comes once, and nothing is left', async () => {
  const env = { ...process.env, RINGPOST_CHAOS_SECONDS: seconds }
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'inherit', 'inherit'] })
  expect(await once(child, 'exit')).toEqual([0, null])
})
