/**
 * The arena: one growable SharedArrayBuffer that holds everything the threads of a context share.
 *
 *      0        4 KiB     132 KiB                                                         tablesEnd
 *      +--------+---------+-----------+-------+-------+-----------+----------+--------+-----+---------+
 *      | header | threads | endpoints | homes | pipes | mailboxes | page map | owners | pad | pages … |
 *      +--------+---------+-----------+-------+-------+-----------+----------+--------+-----+---------+
 *
 * Tables have a fixed place and type for the life of the arena, so that a thread that was delayed
 * (or terminated) half-way through an operation can at worst fail a compare-and-exchange, never
 * write into memory that has become something else. Untouched table pages cost address space only.
 *
 * All positions below are in 32-bit words, unless a name says bytes.
 */
export const LAYOUT_VERSION = 5
export const MAGIC = 0x52504f53

export const WORD_BYTES = 4
/** Blocks are counted in units, so that a block's place is a small integer: 2^24 units are 4 GiB. */
export const UNIT_BYTES = 256
export const PAGE_BYTES = 65_536
export const UNITS_PER_PAGE = PAGE_BYTES / UNIT_BYTES

/** Words of the arena's header. */
export const header = {
  magic: 0,
  version: 1,
  maxPages: 2,
  /** 0 running, 1 shut down. */
  state: 3,
  /** One more than the highest thread slot, pipe and page ever used: bounds every scan. */
  threadsHigh: 4,
  pipesHigh: 5,
  pagesHigh: 6,
  /** No free page lies below this one, or so it was lately: where a search begins. */
  pageHint: 7,
  pipeHint: 8,
  nextSocketId: 9,
  /** The first page behind the tables. */
  firstPage: 10,
  /**
   * 1 while a thread may wait for memory: whoever gives some back rouses those that do. On a line that
   * is hardly ever written, for it is looked at each time.
   */
  memoryAwaited: 16,
  /** Values of the context's options, see contextOptions.ts. */
  options: 32,
} as const
const HEADER_WORDS = 1024

/**
 * One thread's slot. The two words that other threads write at full speed, `wake` and `commands`,
 * have a cache line of their own.
 *
 * | word       | meaning                                                                    |
 * | ---------- | -------------------------------------------------------------------------- |
 * | state      | `threadId << 2`, and 0 free, 1 claimed, 2 live, 3 being reaped             |
 * | generation | counts the owners of this slot                                             |
 * | parentId   | threadId of the nearest ancestor that had loaded this library, or -1       |
 * | sockets    | open sockets; only the owner writes                                        |
 * | wake       | 0 awake, 1 asleep or about to be; threads wait on this word                |
 * | commands   | the top word of its mailbox: 0 when no pipe end wants attention            |
 * | posted     | counts the ends that were posted to its mailbox                            |
 * | rescan     | 1 when a thread has died, so that signals may have been lost, or memory is |
 * |            | there that was waited for: look at all                                     |
 * | awaits     | 1 while it waits for memory                                                |
 */
export const thread = {
  state: 0,
  generation: 1,
  parentId: 2,
  sockets: 3,
  wake: 16,
  commands: 17,
  posted: 18,
  rescan: 19,
  awaitsMemory: 20,
  words: 32,
} as const
export const MAX_THREADS = 1024

export const ThreadState = { free: 0, claimed: 1, live: 2, reaping: 3 } as const
export const Wake = { awake: 0, asleep: 1 } as const

/**
 * One entry of the endpoint table: a bound name, or a connection that waits for its name to be bound.
 *
 * `state` is `generation << 16 | owning thread << 4 | kind`; every change goes through a
 * compare-and-exchange on it, and the generation counts changes to free.
 */
export const endpoint = {
  state: 0,
  hash: 1,
  /** The bound socket, or the waiting pipe. */
  socketId: 2,
  pipe: 3,
  /** Of the waiting pipe. */
  generation: 4,
  socketType: 5,
  sendHighWaterMark: 6,
  receiveHighWaterMark: 7,
  nameBytes: 8,
  routingIdBytes: 9,
  name: 10,
  routingId: 74,
  words: 138,
} as const
export const MAX_ENDPOINTS = 16_384
export const MAX_NAME_BYTES = 256

/**
 * For each place of the endpoint table, a word about the entries whose names' home it is: they lie
 * there or behind it, where there was room. `count << 16 | probes`: how many there are, and how many
 * places from home on a look-up has to try. Both are never too small; probes are 0 when there are none.
 */
export const home = { countOne: 0x10000, probeBits: 0xffff } as const

export const EndpointKind = {
  free: 0,
  /** Claimed by a thread that writes the rest of the entry. */
  claimed: 1,
  /** A bind that has still to make sure it is the only one. */
  tentative: 2,
  bound: 3,
  /** A pipe whose peer has not been bound yet. */
  pending: 4,
  /** A pending pipe that one thread is attaching. */
  taken: 5,
} as const

/**
 * One pipe between two sockets: side 0 connected, side 1 bound.
 *
 * Each side has a group of words, each direction (0: from side 0 to side 1) two cache lines: one
 * that its writer writes, one that its reader writes.
 *
 * | word          | line   | meaning                                                          |
 * | ------------- | ------ | ---------------------------------------------------------------- |
 * | written       | writer | messages published, modulo 2^32                                  |
 * | first         | writer | the first segment, 0 before the first message                    |
 * | readerParked  | writer | 1: the reader has left; whoever publishes next has to signal it  |
 * | read          | reader | messages taken by the reader, modulo 2^32                        |
 * | writerParked  | reader | 1: the writer waits for room                                     |
 * | spare         | reader | a segment for the writer: a drained one on its way back, or 0    |
 * | current       | reader | the segment being read, 0 before the first                       |
 * | position      | reader | byte in `current` where the next message begins; set on closing  |
 * | latest        | reader | of a conflating direction: the newest message's block, or 0      |
 */
export const pipe = {
  /** `generation << 10 | PipeState bits`; while it is being made, its maker's slot instead. */
  state: 0,
  /** The generation, for as long as the maker's slot is in its place. */
  generation: 1,
  side: [2, 9],
  direction: [16, 48],
  words: 80,
} as const
export const side = {
  thread: 0,
  socketId: 1,
  /** `socket type | flags << 8`. */
  type: 2,
  /** How long what it had written may linger, in milliseconds; said when it closes. -2 where the other side is refused. */
  linger: 3,
  routingId: 4,
  reasons: 5,
  /** Its turn among the ends that are posted to the same thread. */
  turn: 6,
} as const
export const direction = {
  written: 0,
  first: 1,
  readerParked: 2,
  highWaterMarkOfWriter: 3,
  highWaterMarkOfReader: 4,
  read: 16,
  writerParked: 17,
  spare: 18,
  current: 19,
  position: 20,
  latest: 21,
} as const
export const MAX_PIPES = 131_072

/**
 * One thread's mailbox: a bit for every pipe end, one for each word of those that is not 0, and one
 * in the thread's word `commands` for each run of words of these.
 */
const END_WORDS = (MAX_PIPES * 2) / 32
const GROUP_WORDS = END_WORDS / 32
export const mailbox = {
  groups: 0,
  ends: GROUP_WORDS,
  words: GROUP_WORDS + END_WORDS,
  wordsPerTopBit: GROUP_WORDS / 32,
  /** An end's number shifted by this is its bit in the top word. */
  topShift: Math.log2(MAX_PIPES * 2) - 5,
} as const

export const PipeState = {
  free: 0,
  making: 1,
  open: 2,
  /** Side 1 is there. */
  attached: 4,
  /** One thread is about to attach side 1. */
  attaching: 256,
  closed: [8, 16],
  /** The side that closed last and so has to free the pipe. */
  freeing: [32, 64],
  /** A thread died with it: its memory is found by owner, not by walking it. */
  unclean: 128,
  bits: 0x3ff,
  generation: 0x400,
} as const

/** A page of the heap: free, a run of pages, or cut into blocks of one size. */
export const PageKind = {
  free: 0,
  /** Being made or given back by one thread. */
  claimed: 1 << 24,
  /** First page of a run that is in use. */
  run: 2 << 24,
  /** Another page of the run that begins at the page in the low bits. */
  continued: 3 << 24,
  /** Blocks of the size class in bits 16…; the owner in the low bits, 0xffff for none. */
  span: 4 << 24,
  /** The tables themselves. */
  reserved: 5 << 24,
} as const
export const KIND_MASK = 0x7f000000
export const NO_THREAD = 0xffff

/** Owners of a block: nobody, one thread, or one pipe (negative numbers). */
export const NO_OWNER = 0
export const ownedByThread = (slot: number): number => slot + 1
export const ownedByPipe = (pipeId: number): number => ~pipeId

const threads = HEADER_WORDS
const endpoints = threads + MAX_THREADS * thread.words
const homes = endpoints + MAX_ENDPOINTS * endpoint.words
const pipes = homes + MAX_ENDPOINTS
const mailboxes = pipes + MAX_PIPES * pipe.words
const pageMap = mailboxes + MAX_THREADS * mailbox.words

/** Where each table begins, in words; the last two grow with the arena's greatest size. */
export interface Tables {
  readonly threads: number
  readonly endpoints: number
  readonly homes: number
  readonly pipes: number
  readonly mailboxes: number
  readonly pageMap: number
  readonly owners: number
  readonly endBytes: number
}

export function tablesFor(maxPages: number): Tables {
  const owners = pageMap + maxPages
  const end = owners + maxPages * UNITS_PER_PAGE
  const endBytes = Math.ceil((end * WORD_BYTES) / PAGE_BYTES) * PAGE_BYTES
  return { threads, endpoints, homes, pipes, mailboxes, pageMap, owners, endBytes }
}
