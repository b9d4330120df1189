import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { defineActor } from '@ringpost/actors'

export interface Entry {
  readonly at: { readonly page: number }
  readonly text: string
}

/** The same book for all: what its schema lets through it does not look at. */
function bookOf(name: string) {
  let written = 0
  return {
    write({ at, text }: Entry, times: number) {
      written++
      return `${name}: ${Array.from({ length: times }, () => text).join(' ')} on ${at.page}`
    },
    written: () => written,
    sign: (by: string) => `signed by ${by}`,
  }
}

const isSomebody = (name: string): Promise<boolean> => Promise.resolve(name !== 'nobody')

export const zodBook = defineActor(
  import.meta.url,
  'zod',
  (_ctx, name) => {
    const book = bookOf(name)
    return {
      // Without types of their own: the schema gives them.
      write: (entry, times) => book.write(entry, times),
      written: book.written,
      sign: (by) => book.sign(by),
    }
  },
  {
    schema: {
      spawn: z.string(),
      messages: {
        write: [z.object({ at: z.object({ page: z.number() }), text: z.string() }), z.number()],
        sign: z.string().refine(isSomebody, 'Nobody signs'),
      },
    },
  },
)

export const valibotBook = defineActor(
  import.meta.url,
  'valibot',
  (_ctx, name) => {
    const book = bookOf(name)
    return {
      write: (entry, times) => book.write(entry, times),
      written: book.written,
      sign: (by) => book.sign(by),
    }
  },
  {
    schema: {
      spawn: v.string(),
      messages: {
        write: [v.object({ at: v.object({ page: v.number() }), text: v.string() }), v.number()],
        sign: v.pipeAsync(v.string(), v.checkAsync(isSomebody, 'Nobody signs')),
      },
    },
  },
)

const entry = type({ at: { page: 'number' }, text: 'string' })

/** ArkType has no asynchronous checks. */
const signature = type('string').narrow(
  (name, ctx) => name !== 'nobody' || ctx.reject({ message: 'Nobody signs' }),
)

export const arkBook = defineActor(
  import.meta.url,
  'arktype',
  (_ctx, name) => {
    const book = bookOf(name)
    return {
      write: (written, times) => book.write(written, times),
      written: book.written,
      sign: (by) => book.sign(by),
    }
  },
  {
    schema: {
      spawn: type('string'),
      messages: { write: [entry, type('number')], sign: signature },
    },
  },
)
