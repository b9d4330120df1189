import { monotonicMs } from '../monotonicClock.ts'
import { WARM_UP_MS } from './warmUp.ts'

/** How one asks another in the benchmarks of actors. */
export interface AskOptions {
  /** Asks under way at a time. */
  readonly window: number
  /** Between an answer and the next ask, where the window is 1. */
  readonly restMs: number
  /** How long it is measured. */
  readonly forMs: number
  /** And how long it is warmed up, if not for as long as all are. */
  readonly warmUpMs?: number
}

type Ask = (value: number) => Promise<number>

/** Looking at the clock takes longer than the cheapest ask. */
const ASKS_PER_LOOK = 64

/** Milliseconds for one ask, after a warm-up of the same kind. */
export async function measureAsks(ask: Ask, options: AskOptions): Promise<number> {
  const { window, restMs, forMs, warmUpMs = WARM_UP_MS } = options
  if (window > 1) {
    await windowed(ask, window, warmUpMs)
    return windowed(ask, window, forMs)
  }
  await windowed(ask, ASKS_PER_LOOK, warmUpMs / 2)
  await singly(ask, 0, warmUpMs / 2)
  return singly(ask, restMs, forMs)
}

/** The median of single asks. */
async function singly(ask: Ask, restMs: number, forMs: number): Promise<number> {
  const times: number[] = []
  for (const end = monotonicMs() + forMs; monotonicMs() < end;) {
    if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs))
    const begun = monotonicMs()
    await checked(ask, times.length)
    times.push(monotonicMs() - begun)
  }
  return times.toSorted((one, other) => one - other)[times.length >> 1]!
}

/** The time divided by the asks. */
async function windowed(ask: Ask, window: number, forMs: number): Promise<number> {
  const begun = monotonicMs()
  let asks = 0
  let isOver = false
  const one = async (): Promise<void> => {
    while (!isOver) {
      await checked(ask, ++asks)
      if (asks % ASKS_PER_LOOK === 0) isOver = monotonicMs() - begun >= forMs
    }
  }
  await Promise.all(Array.from({ length: window }, one))
  return (monotonicMs() - begun) / asks
}

async function checked(ask: Ask, value: number): Promise<void> {
  const answer = await ask(value)
  if (answer !== value) throw new Error(`${value} came back as ${answer}`)
}
