/** All ways to place queens that do not see each other: workers share out the first rows, and search the rest. */
import { defineActor, type ActorRef } from '@ringpost/actors'
import { outcome } from './outcome.ts'
import { expectEqual, inTurn, patiently, taken, program } from './program.ts'

/** Of boards of this many rows, from 0. */
const SOLUTIONS = [1, 1, 0, 0, 2, 10, 4, 40, 92, 352, 724, 2_680, 14_200]

/** As many messages may wait as there are. */
const UNLIMITED = { mailbox: 0 } as const

/** The column of the queen in each row that has one. */
type Board = readonly number[]

/** Looks at all queens, as the suite does, and not only at the last one. */
function isValid(board: Board): boolean {
  for (let one = 0; one < board.length; one++)
    for (let other = one + 1; other < board.length; other++) {
      const apart = board[one]! - board[other]!
      if (apart === 0 || Math.abs(apart) === other - one) return false
    }
  return true
}

interface Master {
  work(board: Board): void
  solution(): void
  done(): void
}

interface Worker {
  work(board: Board): void
}

const worker = defineActor(
  import.meta.url,
  'worker',
  (_, master: ActorRef<Master>, { size, threshold }: NQueens): Worker => {
    const search = (board: readonly number[]): void => {
      if (board.length === size) {
        taken(master.tell.solution())
        return
      }
      for (let column = 0; column < size; column++) {
        const next = [...board, column]
        if (isValid(next)) search(next)
      }
    }
    const share = (board: Board): void => {
      for (let column = 0; column < size; column++) {
        const next = [...board, column]
        if (isValid(next)) taken(master.tell.work(next))
      }
    }
    return {
      work(board) {
        if (board.length >= threshold) search(board)
        else share(board)
        taken(master.tell.done())
      },
    }
  },
  UNLIMITED,
)

const master = defineActor(
  import.meta.url,
  'master',
  (ctx, parameters: NQueens, result: ActorRef<typeof outcome>) => {
    let workers: readonly ActorRef<Worker>[] = []
    let given = 0
    let done = 0
    let solutions = 0
    const work = (board: Board): void => taken(workers[given++ % workers.length]!.tell.work(board))
    return {
      async begin(hosts: number) {
        const self = ctx.self as unknown as ActorRef<Master>
        workers = await Promise.all(
          Array.from({ length: parameters.workers }, (_, place) =>
            ctx.spawn(worker.with({ host: inTurn(place, hosts) }), self, parameters),
          ),
        )
        work([])
      },
      work,
      solution: () => void solutions++,
      done() {
        if (++done === given) result.tell.is(solutions)
      },
    }
  },
  UNLIMITED,
)

interface NQueens {
  readonly size: number
  readonly workers: number
  /** Rows that are shared out. */
  readonly threshold: number
}

export const nQueens = program<NQueens>({
  parameters: { size: 12, workers: 20, threshold: 4 },
  small: { size: 10, workers: 20, threshold: 4 },
  async run(system, hosts, parameters) {
    await using result = await system.spawn(outcome.with({ host: 1 }))
    await using all = await system.spawn(master.with({ host: 1 }), parameters, result)
    all.tell.begin(hosts)
    const solutions = await result.with(patiently).ask.get()
    expectEqual('solutions', solutions, SOLUTIONS[parameters.size]!)
  },
})
