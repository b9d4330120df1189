import { defineActor, loadDefinition } from '../definition/definition.ts'
import type { ActorRef } from '../host/ref.ts'
import type { Parcel, Report } from './parcel.ts'
import { Workbench } from './workbench.ts'

/** The actor that a worker is, where it was defined; none: it runs functions only. */
export interface Trade {
  readonly url: string
  readonly name: string
  readonly args: unknown[]
}

/** The workbenches of this thread, by the name that their foremen know. */
const benches = new Map<number, Workbench>()
let benchNumbers = 0

/**
 * Cancels what a worker does. It is an actor beside the worker, in the same thread, because a worker
 * that awaits something takes no message.
 */
const foreman = defineActor(import.meta.url, 'farm foreman', (_ctx, bench: number) => ({
  cancel(parcel: number): void {
    benches.get(bench)?.cancel(parcel)
  },
}))

export type Foreman = ActorRef<{ cancel(parcel: number): void }>

/** A worker: an actor that runs tasks by the parcel, with the handlers of another definition if it has a trade. */
const workerActor = defineActor(
  import.meta.url,
  'farm worker',
  async (ctx, trade: Trade | undefined) => {
    let handlers: object = {}
    if (trade !== undefined) {
      const definition = await loadDefinition(trade.url, trade.name)
      handlers = await definition.factory(ctx, ...trade.args)
    }
    const bench = new Workbench(
      handlers as never,
      (mark) => ctx.isTaskAborted(mark),
      (mark) => ctx.showTask(mark),
    )
    const number = ++benchNumbers
    benches.set(number, bench)
    ctx.signal.addEventListener('abort', () => benches.delete(number), { once: true })
    const beside: Foreman = await ctx.spawn(foreman, number)
    return {
      /** Who cancels what this worker does. */
      foreman: () => beside,
      run: (parcel: Parcel): Report | Promise<Report> => bench.run(parcel),
    }
  },
)

export interface Staff {
  readonly worker: ActorRef<WorkerHandlers>
  readonly foreman: Foreman
}

interface WorkerHandlers {
  foreman(): Foreman
  run(parcel: Parcel): Report
}

/**
 * Has one worker, and lives in the thread of the farm: a worker whose host is lost is not restarted
 * by whoever supervises the program's actors, because the farm makes another one where it wants to.
 */
export const employer = defineActor(
  import.meta.url,
  'farm employer',
  async (ctx, host: number | 'here', trade: Trade | undefined) => {
    ctx.supervise({ decide: () => 'stop' })
    const worker = await ctx.spawn(workerActor.with({ host }), trade)
    const foreman = await worker.with({ timeoutMs: Infinity }).ask.foreman()
    return { staff: (): Staff => ({ worker, foreman }) }
  },
)
