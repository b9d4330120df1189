import { SharedFrame } from './sharedFrame.ts'

/** What a frame can be made from; other values are sent as their text. */
export type MessageLike =
  | ArrayBufferView
  | ArrayBuffer
  | SharedArrayBuffer
  | string
  | number
  | null
  | SharedFrame

/** A frame on its way out. */
export type Part = Uint8Array | SharedFrame

/** A message on its way out: one frame, or several. */
export type Outgoing = Part | Part[]

const EMPTY = Buffer.alloc(0)

/** @throws {TypeError} there is no message; a symbol has no text */
export function toOutgoing(message: MessageLike | readonly MessageLike[]): Outgoing {
  if (message instanceof Uint8Array) return message
  if (Array.isArray(message)) {
    return message.length === 1 ? toPart(message[0]) : message.map(toPart)
  }
  if (message === undefined) throw new TypeError('Message must be present')
  return toPart(message as MessageLike)
}

function toPart(value: MessageLike): Part {
  if (value instanceof Uint8Array || value instanceof SharedFrame) return value
  if (typeof value === 'string') return Buffer.from(value)
  if (value === null) return EMPTY
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  }
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return new Uint8Array(value)
  }
  // Not String(), which takes symbols too.
  return Buffer.from(`${value}`)
}

/** The frame's bytes, wherever they lie. */
export const bytesOf = (part: Part): Uint8Array => (part instanceof SharedFrame ? part.data : part)

export const isMultipart = (message: Outgoing): message is Part[] => Array.isArray(message)

export const partsOf = (message: Outgoing): readonly Part[] =>
  isMultipart(message) ? message : [message]

/** Lets go of what was sent as a copy. */
export function releaseShared(message: Outgoing): void {
  if (message instanceof SharedFrame) message.release()
  else if (isMultipart(message)) {
    for (const part of message) if (part instanceof SharedFrame) part.release()
  }
}

/** What a message costs, in calls of a small one: its bytes are copied. */
export function effortOf(message: Outgoing): number {
  if (!Array.isArray(message)) return 1 + (message.length >> 10)
  // As most have.
  return message.length === 1
    ? 1 + (message[0]!.length >> 10)
    : message.length + (lengthOf(message) >> 10)
}

/** The bytes of all frames; what a socket tells beside a message, such as its group, has none. */
export function lengthOf(frames: readonly Part[]): number {
  let length = 0
  for (let n = 0; n < frames.length; n++) length += frames[n]!.length | 0
  return length
}
