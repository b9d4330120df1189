import { defineActor } from '@ringpost/actors'

/** What a program comes to: whoever knows it tells it, and the program's thread asks for it. */
export const outcome = defineActor(
  import.meta.url,
  'outcome',
  () => {
    let settle: (result: number) => void = () => undefined
    const settled = new Promise<number>((resolve) => (settle = resolve))
    return {
      is: (result: number) => settle(result),
      /** Answered when there is one. */
      get: () => settled,
    }
  },
  { concurrency: 2 },
)
