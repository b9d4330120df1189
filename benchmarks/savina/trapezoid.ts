/** An integral in many narrow pieces, of which each worker adds up a part. */
import { defineActor } from '@ringpost/actors'
import { inTurn, patiently, program } from './program.ts'

interface Trapezoid {
  readonly pieces: number
  readonly workers: number
  readonly left: number
  readonly right: number
}

function f(x: number): number {
  const slope = Math.sin(x ** 3 - 1) / (x + 1)
  return slope * Math.sqrt(1 + Math.exp(Math.sqrt(2 * x)))
}

const worker = defineActor(import.meta.url, 'worker', () => ({
  /** The area of so many pieces, from the left. */
  area(left: number, width: number, pieces: number) {
    let sum = 0
    for (let n = 0; n < pieces; n++) {
      const x = left + n * width
      sum += ((f(x) + f(x + width)) / 2) * width
    }
    return sum
  },
}))

const master = defineActor(import.meta.url, 'master', (ctx) => ({
  async run(hosts: number, { pieces, workers, left, right }: Trapezoid) {
    const width = (right - left) / pieces
    const each = pieces / workers
    const areas = Array.from({ length: workers }, async (_, place) => {
      const one = await ctx.spawn(worker.with({ host: inTurn(place, hosts) }))
      return one.with(patiently).ask.area(left + place * each * width, width, each)
    })
    return (await Promise.all(areas)).reduce((sum, area) => sum + area)
  },
}))

/** By parabolas, which need far fewer pieces. */
function simpson({ left, right }: Trapezoid): number {
  const pieces = 100_000
  const width = (right - left) / pieces
  let sum = f(left) + f(right)
  for (let n = 1; n < pieces; n++) sum += (n % 2 === 0 ? 2 : 4) * f(left + n * width)
  return (sum * width) / 3
}

const TOLERANCE = 1e-6

export const trapezoid = program<Trapezoid>({
  parameters: { pieces: 10_000_000, workers: 100, left: 1, right: 5 },
  small: { pieces: 1_000_000, workers: 100, left: 1, right: 5 },
  async run(system, hosts, parameters) {
    await using all = await system.spawn(master.with({ host: 1 }))
    const area = await all.with(patiently).ask.run(hosts, parameters)
    const expected = simpson(parameters)
    if (Math.abs(area - expected) > TOLERANCE) throw new Error(`area: ${area}, not ${expected}`)
  },
})
