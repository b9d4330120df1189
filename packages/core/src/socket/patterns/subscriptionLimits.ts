import type { SocketOptions } from '../options.ts'
import type { Pipe } from '../pipe.ts'

/**
 * Whether a peer holds more topics, or groups, than the options allow. Those of this process, over
 * inproc, may hold as many as they like.
 *
 * @param bytes of all of them
 */
export function holdsTooMuch(
  pipe: Pipe,
  { maxSubscriptions, maxSubscriptionBytes }: SocketOptions,
  count: number,
  bytes: number,
): boolean {
  const isOver =
    (maxSubscriptions >= 0 && count > maxSubscriptions) ||
    (maxSubscriptionBytes >= 0 && bytes > maxSubscriptionBytes)
  return isOver && pipe.isRemote
}
