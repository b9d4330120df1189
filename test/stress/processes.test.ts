import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSystem, type ActorRef } from '@ringpost/actors'
import { fragile } from '../dist/actors/processActors.js'

type Fragile = ActorRef<typeof fragile>

/** For temporary files of this test alone. */
let folder: string
const before = process.env['TMPDIR']

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'processes-'))
  process.env['TMPDIR'] = folder
})

afterAll(() => {
  if (before === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = before
  rmSync(folder, { recursive: true })
})

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('a process that is a host', () => {
  it.each([
    ['crashes', (one: Fragile) => one.tell.signal('SIGSEGV'), { why: 'killed', signal: 'SIGSEGV' }],
    ['aborts', (one: Fragile) => one.tell.signal('SIGABRT'), { why: 'killed', signal: 'SIGABRT' }],
    ['has no memory left', (one: Fragile) => one.tell.exhaust(), { why: 'out of memory' }],
  ] as const)('and %s takes nobody along', async (_, end, loss) => {
    await using system = await createSystem({
      isolation: 'process',
      hosts: 2,
      resourceLimits: { maxOldGenerationSizeMb: 48 },
      logger: false,
    })
    const [here, there] = system.hosts
    const one = await system.spawn(fragile.with({ host: here! }), 5)
    const other = await system.spawn(fragile.with({ host: there! }), 1)
    other.tell.add(1)
    const down = one.down()
    end(one)
    expect(await down).toMatchObject({ reason: 'host lost', host: here, loss })
    expect(await one.with({ timeoutMs: Infinity }).ask.value()).toBe(5)
    expect(await other.ask.value()).toBe(2)
  })

  it('and is stopped from outside counts as stuck', async () => {
    await using system = await createSystem({
      isolation: 'process',
      hosts: 1,
      // Longer than a process has to wait for a core when it begins.
      stuckMs: 3000,
      logger: false,
    })
    const one = await system.spawn(fragile, 5)
    const down = one.down()
    process.kill(await one.ask.process(), 'SIGSTOP')
    expect(await down).toMatchObject({ loss: { why: 'stuck', forMs: 3000 } })
    expect(await one.with({ timeoutMs: Infinity }).ask.value()).toBe(5)
  })

  it('has gone with its files when its system is closed', async () => {
    const system = await createSystem({ isolation: 'process', hosts: 2, logger: false })
    const actors = await Promise.all(
      system.hosts.map((host) => system.spawn(fragile.with({ host }), 1)),
    )
    const processes = await Promise.all(actors.map((actor) => actor.ask.process()))
    expect(processes.map(isThere)).toEqual([true, true])
    expect(readdirSync(folder)).toHaveLength(1)
    await system.close()
    expect(readdirSync(folder)).toEqual([])
    expect(processes.map(isThere)).toEqual([false, false])
  })

  it('ends with its program, even if it is stuck, and so do the files', async () => {
    const path = fileURLToPath(new URL('../dist/actors/orphanProgram.js', import.meta.url))
    const program = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(program, 'exit')
    for await (const line of createInterface(program.stdout)) {
      expect(line).toBe('stuck')
      expect(readdirSync(folder)).toHaveLength(1)
      program.kill('SIGKILL')
    }
    // Its hosts have had its output as well, which has ended now: they have, too.
    expect(readdirSync(folder)).toEqual([])
    expect(await exited).toEqual([null, 'SIGKILL'])
  })
})
