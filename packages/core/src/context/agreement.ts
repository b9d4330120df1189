import {
  answer,
  asking,
  bring,
  giveUp,
  hasGivenUp,
  hasRaised,
  haveHeardOfAnother,
  isAnnouncement,
  isQuestion,
  sayHeard,
  sayRaising,
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
  /** A steady clock that all share, in nanoseconds. */
  now(): bigint
}

/**
 * A step yields for how long to wait for news, in milliseconds, and is told whether the time ran out. In the end
 * there is a context, or undefined: another thread has one, and does not answer.
 */
export type Steps = Generator<number, SharedArrayBuffer | undefined, boolean>

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
 * - Flags have no names. But who raised its own, found another, and knows of nobody that asks and had
 *   raised one by then, has found that of a thread with a context. Who has waited in vain for such a one does
 *   not settle; nor does who has waited in vain and knows of one that gave up.
 *
 * Only what a terminated thread leaves undone, and when a thread with a context is given up that is
 * blocked or computes, is decided by the clock.
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
    if (waitedInVain > 0 && hasWitness(rivals)) return abandon(question, rivals)
    const lower = [...rivals.keys()].filter((id) => id < question.threadId).length
    // Each time one of the lower ones is given up.
    if (!isInCompany || lower > waitedInVain) continue
    yield 0
    if (raise(room, question)) return yield* decide(room, question, rivals)
    if (waitedInVain > 0 && isHeld(question, rivals)) return abandon(question, rivals)
    if (waitedInVain > lower) return yield* decide(room, question, rivals)
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

/** @returns whether nobody else's flag is raised, as far as that can be told */
function raise(room: Room, question: Question): boolean {
  const isFirst = !hasRaised(question)
  if (isFirst) sayRaising(question, room.now())
  if (room.raise() !== false) return true
  if (isFirst) sayHeard(question, room.now())
  // Who raised it has joined by now, and may have asked before this thread had.
  room.post(question)
  return false
}

/** Another flag is raised: whether that is of a thread that has a context, and not of one that asks. */
const isHeld = (question: Question, rivals: Map<number, Question>): boolean =>
  hasWitness(rivals) || haveHeardOfAnother([question, ...rivals.values()])

const hasWitness = (rivals: Map<number, Question>): boolean => [...rivals.values()].some(hasGivenUp)

function abandon(question: Question, rivals: Map<number, Question>): undefined {
  giveUp(question)
  // They may have waited for this thread.
  for (const rival of rivals.values()) bring(rival)
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
    if (!isOver) continue
    if (!raise(room, question) && isHeld(question, rivals)) return abandon(question, rivals)
    return yield* adopt(room, rivals, question.candidate)
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
