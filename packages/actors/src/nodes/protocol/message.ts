/** The version of the protocol between nodes; `docs/protocol.md` describes it. */
export const PROTOCOL = 'ringpost'
export const VERSION = 1

/** What a message between nodes is for: the first element of its array. */
export const say = {
  hello: 0,
  goodbye: 1,
  error: 2,

  tell: 3,
  ask: 4,
  send: 5,
  stream: 6,

  reply: 7,
  failure: 8,
  item: 9,
  end: 10,

  credit: 11,
  cancel: 12,

  watch: 13,
  down: 14,
  spawn: 15,
  stop: 16,

  pause: 17,
  resume: 18,

  link: 19,
} as const

export type Say = (typeof say)[keyof typeof say]

/**
 * The elements of a message's array behind its kind. `body` is any value, and the last; of the others
 * only `remainingMs` may be nil.
 */
type Field = 'id' | 'to' | 'method' | 'remainingMs' | 'count' | 'graceMs' | 'code' | 'text' | 'body'

export const fieldsOf: readonly (readonly Field[])[] = Object.assign([] as Field[][], {
  [say.hello]: ['text', 'count', 'body'],
  [say.goodbye]: ['code', 'text'],
  [say.error]: ['code', 'text'],
  [say.tell]: ['to', 'method', 'body'],
  [say.ask]: ['id', 'to', 'method', 'remainingMs', 'body'],
  [say.send]: ['id', 'to', 'method', 'remainingMs', 'body'],
  [say.stream]: ['id', 'to', 'method', 'remainingMs', 'count', 'body'],
  [say.reply]: ['id', 'body'],
  [say.failure]: ['id', 'body'],
  [say.item]: ['id', 'body'],
  [say.end]: ['id'],
  [say.credit]: ['id', 'count'],
  [say.cancel]: ['id'],
  [say.watch]: ['id', 'to'],
  [say.down]: ['id', 'body'],
  [say.spawn]: ['id', 'method', 'remainingMs', 'body'],
  [say.stop]: ['id', 'to', 'count', 'graceMs'],
  [say.pause]: ['to'],
  [say.resume]: ['to'],
  [say.link]: ['id', 'to', 'count', 'body'],
} satisfies Record<Say, Field[]>)

/** The same without what was added to version 1 later, as it is said to who has not said that it knows of that. */
export const earlierFieldsOf: Readonly<Partial<Record<number, readonly Field[]>>> = {
  [say.stop]: ['id', 'to', 'count'],
}

/** One message, on its way in either direction; what its kind does not have is 0 or empty. */
export interface Message {
  kind: Say
  /** Names what is asked, among what that side has asked; 1 to 2^32 - 1. */
  id: number
  /** The path of the actor. */
  to: string
  /** The handler's name; of a spawn the definition's. */
  method: string
  /** What is left until the answer is of no use; `Infinity` for no end. */
  remainingMs: number
  /** Of a hello its version; of a stop 1 if what is in the mailbox is to be handled first, else 0; of a link 1, or 0 to take it back; of others items. */
  count: number
  /** Of a stop how long it may take; `Infinity`: as long as it takes, and nothing is said of it. */
  graceMs: number
  code: string
  text: string
}

/** Field by field: a message is made for each that comes or goes, and spreading takes ten times as long. */
export const messageOf = (
  kind: Say,
  {
    id = 0,
    to = '',
    method = '',
    remainingMs = Infinity,
    count = 0,
    graceMs = Infinity,
    code = '',
    text = '',
  }: Partial<Omit<Message, 'kind'>> = {},
): Message => ({ kind, id, to, method, remainingMs, count, graceMs, code, text })

/** No path, name, code or text is longer, in bytes. */
export const MAX_TEXT_BYTES = 1024
/** No arrays and maps are in one another more often. */
export const MAX_DEPTH = 128
