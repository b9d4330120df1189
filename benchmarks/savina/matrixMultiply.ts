/**
 * Two matrices, multiplied by dividing them into quarters until those are small.
 *
 * A block of the product is always added to by the same worker, which keeps it until the end. In the suite all
 * share one memory; here each host has matrices of its own, and blocks of the product are sent at the end.
 */
import { defineActor, type ActorRef } from '@ringpost/actors'
import { outcome } from './outcome.ts'
import { expectEqual, inTurn, patiently, taken, program } from './program.ts'

interface MatrixMultiply {
  /** Rows and columns. */
  readonly size: number
  readonly workers: number
  /** Elements of a block that is not divided further. */
  readonly threshold: number
}

/** To be done: a block of the left matrix times one of the right, added to one of the product. */
interface Product {
  readonly row: number
  readonly column: number
  /** The column on the left, and the row on the right. */
  readonly inner: number
  readonly size: number
}

interface Block {
  readonly row: number
  readonly column: number
  readonly elements: Float64Array
}

interface Matrices {
  readonly left: Float64Array
  readonly right: Float64Array
}

/** Of this host, by their size. */
const matrices = new Map<number, Matrices>()

/** On the left, elements are the numbers of their rows; on the right those of their columns. */
function matricesOf(size: number): Matrices {
  let both = matrices.get(size)
  if (both === undefined) {
    const left = Float64Array.from({ length: size * size }, (_, at) => Math.floor(at / size))
    const right = Float64Array.from({ length: size * size }, (_, at) => at % size)
    matrices.set(size, (both = { left, right }))
  }
  return both
}

const worker = defineActor(
  import.meta.url,
  'worker',
  (_, master: ActorRef<Master>, { size, threshold }: MatrixMultiply) => {
    const { left, right } = matricesOf(size)
    const blocks = new Map<string, Block>()
    const divide = (whole: Product): void => {
      const half = whole.size / 2
      for (const row of [whole.row, whole.row + half])
        for (const column of [whole.column, whole.column + half])
          for (const inner of [whole.inner, whole.inner + half])
            taken(master.tell.work({ row, column, inner, size: half }))
    }
    const multiply = ({ row, column, inner, size: side }: Product): void => {
      const key = `${row} ${column}`
      let block = blocks.get(key)
      if (block === undefined)
        blocks.set(key, (block = { row, column, elements: new Float64Array(side * side) }))
      const { elements } = block
      for (let i = 0; i < side; i++)
        for (let k = 0; k < side; k++) {
          const factor = left[(row + i) * size + inner + k]!
          const line = (inner + k) * size + column
          for (let j = 0; j < side; j++) elements[i * side + j]! += factor * right[line + j]!
        }
    }
    return {
      work(product: Product) {
        if (product.size ** 2 > threshold) divide(product)
        else multiply(product)
        taken(master.tell.done())
      },
      blocks: () => [...blocks.values()],
    }
  },
)

interface Master {
  work(product: Product): void
  done(): void
}

const master = defineActor(
  import.meta.url,
  'master',
  (ctx, parameters: MatrixMultiply, result: ActorRef<typeof outcome>) => {
    let workers: readonly ActorRef<typeof worker>[] = []
    let given = 0
    let done = 0
    /** Who has which block is a matter of where it lies. */
    const workerFor = ({ row, column, size }: Product): ActorRef<typeof worker> => {
      const place = (row / size) * (parameters.size / size) + column / size
      return workers[place % workers.length]!
    }
    const work = (product: Product): void => {
      given++
      taken(workerFor(product).tell.work(product))
    }
    return {
      async begin(hosts: number) {
        const self = ctx.self as unknown as ActorRef<Master>
        workers = await Promise.all(
          Array.from({ length: parameters.workers }, (_, place) =>
            ctx.spawn(worker.with({ host: inTurn(place, hosts) }), self, parameters),
          ),
        )
        work({ row: 0, column: 0, inner: 0, size: parameters.size })
      },
      work,
      done() {
        if (++done === given) result.tell.is(done)
      },
      async product() {
        const all = workers.map((each) => each.with(patiently).ask.blocks())
        return (await Promise.all(all)).flat()
      },
    }
  },
)

export const matrixMultiply = program<MatrixMultiply>({
  parameters: { size: 1_024, workers: 20, threshold: 16_384 },
  small: { size: 512, workers: 20, threshold: 16_384 },
  async run(system, hosts, parameters) {
    await using result = await system.spawn(outcome.with({ host: 1 }))
    await using all = await system.spawn(master.with({ host: 1 }), parameters, result)
    all.tell.begin(hosts)
    await result.with(patiently).ask.get()
    const blocks = await all.with(patiently).ask.product()
    check(blocks, parameters.size)
  },
})

function check(blocks: readonly Block[], size: number): void {
  let count = 0
  for (const { row, column, elements } of blocks) {
    const side = Math.sqrt(elements.length)
    count += elements.length
    for (let at = 0; at < elements.length; at++) {
      const expected = size * (row + Math.floor(at / side)) * (column + (at % side))
      expectEqual(`element ${at} of a block`, elements[at]!, expected)
    }
  }
  expectEqual('elements', count, size * size)
}
