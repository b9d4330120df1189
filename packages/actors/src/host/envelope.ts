/**
 * What a message is for. The first group is for actors and waits in their mailboxes, the second for
 * who asked, the third for hosts.
 */
export const kind = {
  tell: 1,
  ask: 2,
  stream: 3,
  /** What an actor does in its turn without a message; it never leaves the host. */
  call: 4,
  /** The same three, of another node: the actor's schema looks at them. */
  tellFromOutside: 5,
  askFromOutside: 6,
  streamFromOutside: 7,

  /** The answer of an ask. */
  reply: 8,
  /** The ask or the stream has failed. */
  failure: 9,
  /** The actor is not there; with what was asked of it, which was not begun. */
  refusal: 12,
  /** The next item of a stream. */
  item: 10,
  /** The stream is over. */
  end: 11,
  /** The items on their way are so large that no further one comes until some are taken. */
  stall: 13,

  /** The asker is not interested any more. */
  cancel: 16,
  /** The reader of a stream has room for so many more items. */
  credit: 17,
  /** A mailbox is full: its actor is told nothing more until `resume`. */
  pause: 18,
  /** So many messages may come again. */
  resume: 19,
  /** More wait than `resume` has let go: another is wanted. */
  want: 22,
  /** A request between hosts, by name: spawn, stop, watch. */
  request: 20,
  /** A notice between hosts, which nobody answers. */
  notice: 21,
} as const

export type Kind = (typeof kind)[keyof typeof kind]

/** What is for actors, but from another node. */
const fromOutside: Partial<Record<Kind, Kind>> = {
  [kind.tell]: kind.tellFromOutside,
  [kind.ask]: kind.askFromOutside,
  [kind.stream]: kind.streamFromOutside,
}

/** A tell, an ask or a stream, as it leaves. */
export const kindFrom = (how: Kind, isFromOutside: boolean | undefined): Kind =>
  isFromOutside === true ? fromOutside[how]! : how

const plain: Partial<Record<Kind, Kind>> = {
  [kind.tellFromOutside]: kind.tell,
  [kind.askFromOutside]: kind.ask,
  [kind.streamFromOutside]: kind.stream,
}

/** A message of another node, as its actor handles it; undefined: it is of this node. */
export function fromOutsideAs(envelope: Envelope): Envelope | undefined {
  if (envelope.kind < kind.tellFromOutside) return undefined
  // Field by field: spreading takes several times as long.
  const { slot, generation, from, id, deadline, method, body } = envelope
  return { kind: plain[envelope.kind]!, slot, generation, from, id, deadline, method, body }
}

/** One message between actors, or between their hosts. */
export interface Envelope {
  readonly kind: Kind
  /** The actor it is for: its slot and generation in this host; 0 where it is for the host. */
  readonly slot: number
  readonly generation: number
  /** The host it came from. */
  readonly from: number
  /**
   * Names what is to be answered, among what that host has asked; 0 if nothing is. A tell that has one is
   * acknowledged when it was handled.
   */
  readonly id: number
  /** When it is of no use any more, in milliseconds since the epoch; `Infinity` for never. */
  readonly deadline: number
  readonly method: string
  /** Arguments, or the one value of an answer. */
  readonly body: unknown
}

/** An envelope on its way: the host it goes to is known to who carries it. */
export type Parcel = Omit<Envelope, 'from'>
