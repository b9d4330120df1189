import { defineActor } from '@ringpost/actors'

interface Sum {
  readonly total: number
  readonly host: number
}

export const adder = defineActor(import.meta.url, 'adder', (ctx, start: number) => {
  let total = start
  return {
    add(by: number): Sum {
      total += by
      return { total, host: ctx.host }
    },
  }
})
