import { isMultipart, type Outgoing } from '../message.ts'
import type { PatternHost } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'

/** The frame between an envelope and what is in it. */
export const delimiter: Buffer = Buffer.alloc(0)

/** Writes a message behind the frames of its envelope. */
export function writeInEnvelope(
  host: PatternHost,
  pipe: Pipe,
  envelope: readonly Uint8Array[],
  message: Outgoing,
): void {
  for (const frame of envelope) pipe.part(frame, true)
  if (isMultipart(message)) {
    const last = message.length - 1
    for (let i = 0; i <= last; i++) pipe.part(message[i]!, i < last)
  } else {
    pipe.part(message, false)
  }
  pipe.commit()
  host.flushLater(pipe)
}

/** Lets a ROUTER know of this socket before it has anything to say. @see ZMQ_PROBE_ROUTER */
export function probe(host: PatternHost, pipe: Pipe): void {
  if (!host.options.probeRouter) return
  pipe.write(delimiter)
  host.flushLater(pipe)
}
