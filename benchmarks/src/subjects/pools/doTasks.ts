import type { TaskPool } from './poolSubject.ts'

/**
 * Gives all values to the pool, so many of them under way at a time; settles with their number.
 *
 * @param check fails if the result of a task, told by its place among them, is wrong
 */
export async function doTasks(
  pool: TaskPool,
  values: Iterable<number>,
  window: number,
  check: (result: number, place: number) => void,
): Promise<number> {
  let place = 0
  if (pool.map !== undefined) {
    for await (const result of pool.map(values, window)) check(result, place++)
    return place
  }
  const source = values[Symbol.iterator]()
  const one = async (): Promise<void> => {
    for (let next = source.next(); next.done !== true; next = source.next()) {
      const here = place++
      check(await pool.run!(next.value), here)
    }
  }
  await Promise.all(Array.from({ length: window }, one))
  return place
}
