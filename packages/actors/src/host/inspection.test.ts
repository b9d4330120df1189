import { describe, expect, it } from 'vitest'
import { ActorError } from '../errors.ts'
import type { Call } from './ref.ts'
import { gated, number, schema } from '../schema/schemas.test-support.ts'
import {
  collectDeadLetters,
  define,
  refFrom,
  settled,
  startHosts,
} from '../testing/hosts.test-support.ts'

const outside: Call = { isFromOutside: true }

const adder = (check: 'outside' | 'always' = 'outside', by = number, concurrency = 1) =>
  define(
    () => {
      const added: number[] = []
      return {
        add: (n: number) => void added.push(n),
        added: () => added,
        *upTo(limit: number) {
          for (let n = 0; n < limit; n++) yield n
        },
      }
    },
    { schema: { messages: { add: by, upTo: number }, check }, concurrency },
  )

describe.each([
  ['of this thread', 0],
  ['of another', 1],
] as const)('a message from outside to an actor %s', (_, home) => {
  const start = async (by = number, concurrency = 1) => {
    const hosts = startHosts(2)
    const actor = await hosts[home]!.spawn(adder('outside', by, concurrency), [])
    const ref = refFrom(hosts[0]!, actor)
    return { ref, outsider: ref.calledWith(outside), hosts }
  }

  it('is handled if the schema lets it through', async () => {
    const { outsider } = await start()
    expect(outsider.tell.add(1)).toBe(true)
    await outsider.send.add(2)
    await outsider.ask.add(3)
    expect(await outsider.ask.added()).toEqual([1, 2, 3])
    const items: number[] = []
    for await (const item of outsider.stream.upTo(2)) items.push(item)
    expect(items).toEqual([0, 1])
  })

  it('is refused if not: the asker has the issues, and what was told is a dead letter', async () => {
    const letters = collectDeadLetters()
    const { outsider } = await start()
    const refusal = {
      name: 'ActorError',
      code: 'ESCHEMA',
      issues: [{ message: 'no number', path: [0] }],
    }
    const error = await outsider.ask.add('1' as never).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ActorError)
    expect(error).toMatchObject(refusal)
    await expect(outsider.stream.upTo('1' as never).next()).rejects.toMatchObject(refusal)
    outsider.tell.add({} as never)
    expect(await outsider.ask.added()).toEqual([])
    expect(letters.map(({ reason, method, issues }) => ({ reason, method, issues }))).toEqual(
      ['add', 'upTo', 'add'].map((method) => ({
        reason: 'invalid',
        method,
        issues: refusal.issues,
      })),
    )
  })

  it('waits for an asynchronous check, and so does what comes after it', async () => {
    for (const concurrency of [1, 8]) {
      const gate = gated()
      const { outsider, ref } = await start(gate.schema, concurrency)
      outsider.tell.add(1)
      const refused = outsider.ask.add('2' as never)
      void outsider.send.add(3)
      const added = ref.ask.added()
      await settled()
      expect(gate.asked).toEqual([1])
      gate.open()
      await expect(refused).rejects.toMatchObject({ code: 'ESCHEMA' })
      expect(await added).toEqual([1, 3])
      expect(gate.asked).toEqual([1, '2', 3])
    }
  })

  it('is not handled when nobody waits any more', async () => {
    const gate = gated()
    const { outsider, ref } = await start(gate.schema)
    const reason = new Error('not any more')
    const controller = new AbortController()
    const asked = outsider.with({ signal: controller.signal }).ask.add(1)
    await settled()
    controller.abort(reason)
    await expect(asked).rejects.toBe(reason)
    await settled()
    gate.open()
    expect(await ref.ask.added()).toEqual([])
  })

  it('does not hold up the end of its actor, which takes it along', async () => {
    const gate = gated()
    const { outsider, hosts } = await start(gate.schema)
    const asked = outsider.ask.add(1)
    await settled()
    const stopped = hosts[0]!.stopping.stop(outsider.address, { drain: false, graceMs: 1 })
    await stopped
    gate.open()
    await expect(asked).rejects.toMatchObject({ code: 'ENOACTOR' })
  })

  it('is handled before its actor stops when that handles what it has', async () => {
    const gate = gated()
    const { outsider, hosts } = await start(gate.schema)
    const asked = outsider.ask.add(1)
    await settled()
    const stopped = hosts[0]!.stopping.stop(outsider.address)
    await settled()
    gate.open()
    expect(await asked).toBeUndefined()
    await stopped
  })
})

describe('a message from within', () => {
  it('is not checked, unless that is wanted', async () => {
    const [host] = startHosts(1)
    const trusting = await host!.spawn(adder(), [])
    await trusting.ask.add('1' as never)
    expect(await trusting.ask.added()).toEqual(['1'])
    const strict = await host!.spawn(adder('always'), [])
    await expect(strict.ask.add('1' as never)).rejects.toMatchObject({ code: 'ESCHEMA' })
    await strict.ask.add(1)
    expect(await strict.ask.added()).toEqual([1])
  })
})

describe('arguments of a spawn', () => {
  const named = (check: 'outside' | 'always') =>
    define((_ctx, name: string) => ({ name: () => name }), {
      schema: {
        spawn: schema<string>((value) =>
          typeof value === 'string'
            ? { value: value.trim() }
            : { issues: [{ message: 'no text' }] },
        ),
        check,
      },
    })

  it('are checked where they come from outside, or always', async () => {
    const [host] = startHosts(1)
    const outsider = await host!.spawn(named('outside'), [' a '], undefined, outside)
    expect(await outsider.ask.name()).toBe('a')
    await expect(
      host!.spawn(named('outside'), [1 as never], undefined, outside),
    ).rejects.toMatchObject({ code: 'ESCHEMA', issues: [{ message: 'no text', path: [0] }] })
    const insider = await host!.spawn(named('outside'), [' a '])
    expect(await insider.ask.name()).toBe(' a ')
    const strict = await host!.spawn(named('always'), [' a '])
    expect(await strict.ask.name()).toBe('a')
    await expect(host!.spawn(named('always'), [1 as never])).rejects.toMatchObject({
      code: 'ESCHEMA',
    })
  })
})

describe('a message that was put aside', () => {
  it('is checked once', async () => {
    const [host] = startHosts(1)
    let checks = 0
    const counted = schema<number>((value) => {
      checks++
      return number['~standard'].validate(value)
    })
    const definition = define(
      (ctx) => {
        let isOpen = false
        return {
          add(n: number) {
            if (!isOpen) ctx.stash()
            return n
          },
          open() {
            isOpen = true
            ctx.unstash()
          },
        }
      },
      { schema: { messages: { add: counted }, check: 'always' } },
    )
    const ref = await host!.spawn(definition, [])
    const early = ref.ask.add(1)
    ref.tell.open()
    expect(await early).toBe(1)
    expect(checks).toBe(1)
  })
})
