import { EventEmitter, once } from 'node:events'
import { expect, it } from 'vitest'
import { defineActor } from '../../definition/definition.ts'
import { createSystem } from '../../system/system.ts'

const heard = new EventEmitter()

const listener = defineActor(import.meta.url, 'listener', async (ctx) => {
  const hear = (value: string): boolean => heard.emit('value', value)
  await ctx.topics.subscribe<string>('news', hear, { last: true }).ready
  return {}
})

it('hears what has come while it began, with no further message', async () => {
  await using system = await createSystem({ hosts: 0 })
  system.topics.publish('news', 'old', { keep: true })
  const value = once(heard, 'value')
  await system.spawn(listener)
  expect(await value).toEqual(['old'])
})
