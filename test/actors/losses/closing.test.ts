import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { observer, sightings, victim } from '../../dist/actors/lifeActors.js'
import { account, type leaver } from '../../dist/actors/nodeActors.js'
import { createSystem } from '../system.ts'

describe('a thread', () => {
  it('that is stuck is ended, and its actors begin anew on the one that replaces it', async () => {
    await using system = await createSystem({ hosts: 1, stuckMs: 2000 })
    const actor = await system.spawn(victim, 1)
    const down = actor.down()
    actor.tell.hang()
    expect(await down).toMatchObject({ loss: { why: 'stuck', forMs: 2000 } })
    expect(await actor.with({ timeoutMs: Infinity }).ask.incarnation()).toBe(2)
  })

  it('that computes is left alone while it looks whether it is to stop', async () => {
    // Longer than a busy machine leaves a thread alone, or an import takes.
    await using system = await createSystem({ hosts: 1, stuckMs: 3000 })
    const actor = await system.spawn(victim, 1)
    expect(await actor.with({ timeoutMs: Infinity }).ask.computeFor(5000)).toBe('done')
    expect(await actor.ask.incarnation()).toBe(1)
  })

  it('that ends too often is given up, and with the last one all that would run there', async () => {
    await using system = await createSystem({ hosts: 1, replacements: { maxRestarts: 0 } })
    const actor = await system.spawn(victim, 1)
    actor.tell.exit(1)
    await actor.down()
    await expect(actor.with({ timeoutMs: Infinity }).ask.value()).rejects.toMatchObject({
      code: 'EHOSTDOWN',
    })
    await expect(system.spawn(victim, 1)).rejects.toMatchObject({
      code: 'EHOSTDOWN',
      message: 'No host is left',
    })
  })
})

describe('close', () => {
  it('handles what is in mailboxes first, then ends the threads', async () => {
    const system = await createSystem({ hosts: 1 })
    const actor = await system.spawn(victim, 1)
    actor.tell.add(1)
    const value = actor.ask.value()
    const down = actor.down()
    await system.close()
    expect(await value).toBe(2)
    expect(await down).toEqual({ reason: 'stopped' })
    expect(system.hosts).toEqual([])
    await expect(actor.ask.value()).rejects.toMatchObject({ code: 'ECLOSED' })
  })

  it('tells handlers that do not end, and ends their threads when they do not listen', async () => {
    const system = await createSystem({ hosts: 2, closing: { drainMs: 1, graceMs: 200 } })
    const seen = await system.spawn(observer.with({ host: 'here' }))
    const [here, there] = system.hosts
    const listens = await system.spawn(victim.with({ host: here! }), 1)
    const does = await system.spawn(victim.with({ host: there! }), 1)
    const ends: Promise<unknown>[] = []
    for (const [actor, looks] of [
      [listens, true],
      [does, false],
    ] as const) {
      const begun = once(sightings, 'begun')
      ends.push(actor.with({ timeoutMs: Infinity }).ask.compute(seen as never, looks))
      await begun
    }
    const settled = Promise.allSettled(ends)
    await system.close()
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })

  it('fails to begin where its threads cannot', async () => {
    const failed = createSystem({
      hosts: 1,
      resourceLimits: { maxOldGenerationSizeMb: 1, maxYoungGenerationSizeMb: 1 },
    })
    await expect(failed).rejects.toMatchObject({
      code: 'EBOOT',
      message: expect.stringMatching(/(host|process)Main\.js/),
    })
  })

  it('follows a signal where that is asked for, and the signal takes effect then', async () => {
    const path = fileURLToPath(new URL('../../dist/actors/closingProgram.js', import.meta.url))
    const program = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(program, 'exit')
    const lines: string[] = []
    for await (const line of createInterface(program.stdout)) {
      lines.push(line)
      if (line === 'ready') program.kill('SIGTERM')
    }
    expect(lines).toEqual(['ready', 'stopped'])
    expect(await exited).toEqual([null, 'SIGTERM'])
  })

  it.for(['I/O thread', 'own event loop'])(
    'has told other nodes all that it had to, and goodbye, when a signal ends it: %s',
    async (io) => {
      const path = fileURLToPath(new URL('../../dist/actors/leavingProgram.js', import.meta.url))
      const program = spawn(process.execPath, [path, io], { stdio: ['ignore', 'pipe', 'inherit'] })
      const exited = once(program, 'exit')
      const [endpoint] = (await once(createInterface(program.stdout), 'line')) as [string]
      await using system = await createSystem({ hosts: 0 })
      const heir = await system.spawn(account, 0)
      const node = await system.connect(endpoint)
      await node.ref<typeof leaver>('/leaver').ask.leaveTo(heir)
      const down = node.down()
      program.kill('SIGTERM')
      expect(await down).toMatchObject({
        reason: 'node lost',
        error: { cause: { message: expect.stringContaining('The node has left') } },
      })
      expect(await heir.ask.amount()).toBe(10)
      expect(await exited).toEqual([null, 'SIGTERM'])
    },
  )
})
