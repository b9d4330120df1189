import { type } from 'arktype'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createSystem, type ActorRef, type ActorSystem, type RemoteNode } from '@ringpost/actors'
import { arkBook, valibotBook, zodBook, type Entry } from '../dist/actors/schemaActors.js'

// Every definition says the same, in the words of its library.
const definitions = { zod: zodBook, valibot: valibotBook, arktype: arkBook }

let library: ActorSystem
let reader: ActorSystem
let node: RemoteNode
let endpoint: string

beforeAll(async () => {
  library = await createSystem({ hosts: 1 })
  reader = await createSystem({ hosts: 0 })
  const listening = await library.listen('tcp://127.0.0.1:*', { exports: definitions })
  endpoint = listening.endpoint
  node = await reader.connect(endpoint)
})

afterAll(async () => {
  await reader.close()
  await library.close()
})

it('the libraries are those that are meant', () => {
  expect(
    [z.number(), v.number(), type('number')].map((schema) => schema['~standard'].vendor),
  ).toEqual(['zod', 'valibot', 'arktype'])
})

describe.each(['zod', 'valibot', 'arktype'] as const)('a schema of %s', (vendor) => {
  const open = () => node.spawn<typeof zodBook>(vendor, 'diary')
  const wrong = { at: { page: 'one' }, text: 'x' } as unknown as Entry

  it('lets through what it describes', async () => {
    await using book = await open()
    const entry = { at: { page: 1 }, text: 'hello' }
    expect(await book.ask.write(entry, 2)).toBe('diary: hello hello on 1')
    expect(book.tell.write(entry, 1)).toBe(true)
    expect(await book.ask.written()).toBe(2)
  })

  it('refuses the rest, and says where it is wrong', async () => {
    await using book = await open()
    const error: unknown = await book.ask.write(wrong, 'two' as never).catch((thrown) => thrown)
    expect(error).toMatchObject({ name: 'ActorError', code: 'ESCHEMA' })
    const { issues } = error as { issues: { message: string; path: unknown[] }[] }
    expect(issues.map(({ path }) => path)).toEqual([[0, 'at', 'page'], [1]])
    for (const { message } of issues) expect(message).toMatch(/number/)
    expect(await book.ask.written()).toBe(0)
  })

  it('makes a dead letter of what was told', async () => {
    await using book = await open()
    const letter = new Promise((resolve) => {
      const unsubscribe = library.events.subscribe((event) => {
        if (event.type !== 'dead letter') return
        unsubscribe()
        resolve(event)
      })
    })
    // Hosts know by then that somebody listens.
    await book.ask.written()
    expect(book.tell.write(wrong, 1)).toBe(true)
    expect(await letter).toMatchObject({
      reason: 'invalid',
      method: 'write',
      issues: [{ path: [0, 'at', 'page'] }],
    })
  })

  it('is awaited where its check is asynchronous', async () => {
    await using book = await open()
    expect(await book.ask.sign('Ada')).toBe('signed by Ada')
    await expect(book.ask.sign('nobody')).rejects.toMatchObject({
      code: 'ESCHEMA',
      issues: [{ message: 'Nobody signs', path: [0] }],
    })
  })

  it('checks what an actor is spawned with', async () => {
    const { actors } = library
    const before = actors.size
    await expect(node.spawn(vendor, 7)).rejects.toMatchObject({
      code: 'ESCHEMA',
      issues: [{ path: [0] }],
    })
    expect(library.actors.size).toBe(before)
  })

  it('checks what comes to a pool from outside, and nothing that comes from within', async () => {
    await using pool = await library.pool(
      definitions[vendor] as typeof zodBook,
      { size: 2 },
      'pool',
    )
    library.expose(vendor, pool)
    const outside: ActorRef<typeof zodBook> = reader.ref(`${endpoint}/${vendor}`)
    expect(await outside.ask.write({ at: { page: 1 }, text: 'a' }, 1)).toBe('pool: a on 1')
    await expect(outside.ask.write(wrong, 1)).rejects.toMatchObject({ code: 'ESCHEMA' })
    expect(await pool.ask.write(wrong, 1)).toBe('pool: x on one')
  })
})
