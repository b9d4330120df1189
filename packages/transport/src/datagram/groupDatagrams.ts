import type { DatagramForm, OutgoingDatagram } from './datagramForm.ts'

// A datagram of RADIO's: the length of the group's name (1), the group, the body.
// @see zmq_udp(7); libzmq 4.3.5, udp_engine.cpp

const LENGTH_BYTES = 1
const JOIN = 1

/** A text that stands for these bytes and no others. */
const keyOf = (group: Buffer): string => group.toString('latin1')

/** RADIO: all of it goes to one place, with its group before it. */
export function datagramsTo(host: string, port: number): Pick<DatagramForm, 'datagramOf'> {
  return {
    datagramOf: ([group, body]): OutgoingDatagram => ({
      parts: [Buffer.of(group!.length), group!, body!],
      host,
      port,
    }),
  }
}

/**
 * DISH: nobody is told what it has joined, so that everything comes. What is for none of its groups, and
 * what is no message at all, is dropped here, where it takes no place from what is.
 */
export class JoinedGroups implements DatagramForm {
  readonly #groups = new Set<string>()

  /** Notes what the socket joins and leaves; nothing of it is sent. */
  datagramOf([frame]: readonly Buffer[]): undefined {
    const key = keyOf(frame!.subarray(1))
    if (frame![0] === JOIN) this.#groups.add(key)
    else this.#groups.delete(key)
  }

  messageOf(data: Buffer): Buffer[] | undefined {
    const end = LENGTH_BYTES + (data[0] ?? 0)
    if (data.length === 0 || end > data.length) return undefined
    const group = data.subarray(LENGTH_BYTES, end)
    return this.#groups.has(keyOf(group)) ? [group, data.subarray(end)] : undefined
  }
}
