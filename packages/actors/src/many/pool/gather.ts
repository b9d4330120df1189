import { ActorError, isTimedOut } from '../../errors.ts'
import type { ActorRef } from '../../host/ref.ts'
import type { Kinds } from '../../options/checkOptions.ts'
import { abortSignal, milliseconds, whole } from '../../options/kinds.ts'

/** How all members are asked at once. */
export interface GatherOptions {
  /** Settles with so many values. Default: as many as there are members. */
  readonly first?: number
  /** What has not come by then is an `ETIMEDOUT`, in milliseconds. Default: as for asks. */
  readonly timeoutMs?: number
  /** Ends the wait: the promise is rejected with its reason. */
  readonly signal?: AbortSignal
}

export const gatherKinds: Kinds<GatherOptions> = {
  first: whole(0),
  timeoutMs: milliseconds(0),
  signal: abortSignal,
}

/** What members have answered, as it came. */
export interface Gathered<T = unknown> {
  readonly values: T[]
  readonly errors: unknown[]
}

/**
 * Asks all of them; settles when so many values have come as are wanted, or all have answered.
 * What the others would say is not waited for.
 */
export async function gather(
  refs: readonly ActorRef<never>[],
  method: string,
  args: unknown[],
  options: GatherOptions,
): Promise<Gathered> {
  const { first = refs.length, timeoutMs, signal } = options
  signal?.throwIfAborted()
  const enough = new AbortController()
  const values: unknown[] = []
  const errors: unknown[] = []
  const any = AbortSignal.any(signal === undefined ? [enough.signal] : [enough.signal, signal])
  const call = { signal: any, ...(timeoutMs === undefined ? {} : { timeoutMs }) }
  await new Promise<void>((resolve, reject) => {
    let open = refs.length
    const came = (list: unknown[], value: unknown): void => {
      open--
      if (enough.signal.aborted) return
      list.push(value)
      if (values.length >= first || open === 0) {
        enough.abort()
        resolve()
      }
    }
    if (open === 0 || first === 0) {
      enough.abort()
      resolve()
      return
    }
    const stop = (): void => {
      enough.abort()
      reject(signal!.reason)
    }
    signal?.addEventListener('abort', stop, { signal: enough.signal })
    for (const ref of refs)
      ref
        .calledWith(call)
        .callAsk(method, args)
        .then(
          (value) => came(values, value),
          (error: unknown) => came(errors, error),
        )
  })
  return { values, errors }
}

/** What who has asked all of them for one value is told if there is none: members may notice first that the time is over. */
export const unanswered = (errors: readonly unknown[], asked: string): Error =>
  errors.length > 0 && errors.every(isTimedOut)
    ? new ActorError('ETIMEDOUT', `${asked}: no answer came in time`)
    : new AggregateError(errors, `No member has answered ${asked}`)
