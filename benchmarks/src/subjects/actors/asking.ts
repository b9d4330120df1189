import { monotonicMs } from '../monotonicClock.ts'

/** How one asks another in the benchmarks of actors. */
export interface AskOptions {
  /** Asks under way at a time. */
  readonly window: number
  /** Between an answer and the next ask, where the window is 1. */
  readonly restMs: number
  /** How long single asks are made. */
  readonly forMs: number
  /** How many there are where the window is larger. */
  readonly asks: number
}

type Ask = (value: number) => Promise<number>

const WARM_UP_ASKS = 20_000
const WARM_UP_MS = 500

/** Milliseconds for one ask, after a warm-up of both ways. */
export async function measureAsks(ask: Ask, options: AskOptions): Promise<number> {
  await windowed(ask, WARM_UP_ASKS, 64)
  await singly(ask, WARM_UP_MS, 0)
  const { window, restMs, forMs, asks } = options
  return window === 1 ? singly(ask, forMs, restMs) : windowed(ask, asks, window)
}

/** The median of single asks. */
async function singly(ask: Ask, forMs: number, restMs: number): Promise<number> {
  const times: number[] = []
  for (const end = monotonicMs() + forMs; monotonicMs() < end;) {
    if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs))
    const begun = monotonicMs()
    await checked(ask, times.length)
    times.push(monotonicMs() - begun)
  }
  return times.toSorted((one, other) => one - other)[times.length >> 1]!
}

async function windowed(ask: Ask, count: number, window: number): Promise<number> {
  const begun = monotonicMs()
  let left = count
  const one = async (): Promise<void> => {
    while (left-- > 0) await checked(ask, left)
  }
  await Promise.all(Array.from({ length: window }, one))
  return (monotonicMs() - begun) / count
}

async function checked(ask: Ask, value: number): Promise<void> {
  const answer = await ask(value)
  if (answer !== value) throw new Error(`${value} came back as ${answer}`)
}
