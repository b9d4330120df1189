import {
  answer,
  asking,
  bring,
  isAnnouncement,
  isQuestion,
  settle,
  tell,
  type Question,
} from './question.ts'

/**
 * How long a thread waits for those that were started together with it. The first might else be at
 * its end before they begin, and its context with it.
 */
const COMPANY_TIMEOUT_MS = 200
/** How much longer it waits for one that has a context, or is to decide. */
const ANSWER_TIMEOUT_MS = 5000

/** What the threads of a process share before they share any memory. */
export interface Room {
  readonly isMainThread: boolean
  /** Posts to all others that look for a context or have one; whether there are any, if that can be told. */
  post(message: object): boolean | undefined
  /** What others have posted since the last look. */
  messages(): Iterable<unknown>
  /** Raises this thread's flag, which falls with the thread. Whether it is the only one, if that can be told. */
  raise(): boolean | undefined
}

/** A step yields for how long to wait for news, in milliseconds, and is told whether the time ran out. */
export type Steps = Generator<number, SharedArrayBuffer, boolean>

/**
 * Finds the context that another thread has, or agrees on one with all that look for it as well.
 *
 * - Who has a context, or is about to decide, has its flag raised. Who sees another flag waits for an
 *   answer, even from a thread that computes.
 * - Of those that ask, the one with the lowest thread id decides, and the others wait for it. Of two
 *   threads at least one hears of the other, for each joins before it posts; and makes itself known.
 * - A lower one may come when another decides already. So before a thread settles for its own
 *   candidate, it tells those that it knows of, in a word of theirs, that they will be answered;
 *   who was told so cannot settle. Of two that know each other only one settles.
 *
 * Only what a terminated thread leaves undone, and what a holder that computes for seconds does not
 * answer, is decided by the clock.
 *
 * It is written in steps, at which others may run, so that a test can take them in any order.
 */
export function* agree(room: Room, question: Question): Steps {
  const hasListeners = room.post(question)
  const rivals = new Map<number, Question>()
  // The main thread comes first, as a rule, and is not to wait then; what others start is theirs.
  if (room.isMainThread && hasListeners !== true)
    return yield* adopt(room, rivals, question.candidate)
  let timeoutMs = COMPANY_TIMEOUT_MS
  let waitedInVain = 0
  while (true) {
    const isOver = yield timeoutMs
    const context = look(room, question, rivals)
    if (context !== undefined) return yield* adopt(room, rivals, context)
    if (isOver && timeoutMs === ANSWER_TIMEOUT_MS) waitedInVain++
    if (isOver) timeoutMs = ANSWER_TIMEOUT_MS
    const isInCompany = rivals.size > 0 || timeoutMs === ANSWER_TIMEOUT_MS
    const lower = [...rivals.keys()].filter((id) => id < question.threadId).length
    // Each time one of the lower ones is given up.
    if (!isInCompany || lower > waitedInVain) continue
    yield 0
    if (room.raise() !== false || waitedInVain > lower) return yield* decide(room, question, rivals)
    timeoutMs = ANSWER_TIMEOUT_MS
  }
}

/** Reads what has come: the context, if it was announced, and further rivals. */
function look(
  room: Room,
  question: Question,
  rivals: Map<number, Question>,
): SharedArrayBuffer | undefined {
  for (const message of room.messages()) {
    if (isAnnouncement(message)) return message.context
    if (!isQuestion(message) || rivals.has(message.threadId)) continue
    rivals.set(message.threadId, message)
    // It may have joined after this thread had asked.
    room.post(question)
    bring(message)
  }
  return undefined
}

function* decide(room: Room, question: Question, rivals: Map<number, Question>): Steps {
  for (const rival of rivals.values()) {
    yield 0
    // It has settled, and so will whoever knows of it.
    if (tell(rival) === asking.settled) return yield* adopt(room, rivals, rival.candidate)
  }
  yield 0
  if (settle(question)) return yield* adopt(room, rivals, question.candidate)
  // One that this thread has not heard of has told it that it will be answered.
  while (true) {
    const isOver = yield ANSWER_TIMEOUT_MS
    const context = look(room, question, rivals)
    if (context !== undefined) return yield* adopt(room, rivals, context)
    if (isOver) return yield* adopt(room, rivals, question.candidate)
  }
}

/** Uses the context from now on, and passes it on to those that have asked this thread. */
function* adopt(room: Room, rivals: Map<number, Question>, context: SharedArrayBuffer): Steps {
  room.raise()
  for (const rival of rivals.values()) {
    yield 0
    answer((message) => room.post(message), rival, context)
  }
  return context
}
