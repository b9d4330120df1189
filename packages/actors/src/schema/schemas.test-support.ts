import type { StandardSchema } from './standardSchema.ts'

type Result<T> = Awaited<ReturnType<StandardSchema<T>['~standard']['validate']>>

/** A schema of this test's own. */
export const schema = <T>(
  validate: (value: unknown) => Result<T> | Promise<Result<T>>,
): StandardSchema<T> => ({ '~standard': { version: 1, vendor: 'test', validate } })

export const number = schema<number>((value) =>
  typeof value === 'number' ? { value } : { issues: [{ message: 'no number' }] },
)

/** Those who ask for it wait until `open` says what becomes of each. */
export function gated(): { schema: StandardSchema<number>; asked: number[]; open: () => void } {
  const asked: number[] = []
  let open!: () => void
  const opened = new Promise<void>((resolve) => (open = resolve))
  const waiting = schema<number>(async (value) => {
    asked.push(value as number)
    await opened
    return number['~standard'].validate(value)
  })
  return { schema: waiting, asked, open }
}
