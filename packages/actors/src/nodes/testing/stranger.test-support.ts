import { Dealer } from '@ringpost/transport'
import { ByteWriter, readValue, writeValue, type ValueContext } from '../../values/index.ts'
import { messageOf, say, type Message } from '../protocol/message.ts'
import { readMessages } from '../protocol/messageReader.ts'
import { writeHead } from '../protocol/messageWriter.ts'

type Name = keyof typeof say

/** What a stranger heard: the fields of its kind, and the body. */
export interface Heard extends Message {
  readonly name: Name
  readonly body: unknown
}

/** Somebody who speaks the protocol, or does not, byte for byte. */
export class Stranger {
  readonly socket: Dealer
  readonly incarnation: string
  readonly #heard: Heard[] = []

  constructor(endpoint: string, incarnation = 'f'.repeat(32), options: object = {}) {
    this.incarnation = incarnation
    this.socket = new Dealer({ linger: 0, receiveTimeout: 30_000, ...options })
    this.socket.connect(endpoint)
  }

  hello(more: object = {}): Promise<void> {
    const about = { node: this.incarnation, ...more }
    return this.say('hello', { text: 'ringpost', count: 1 }, about)
  }

  say(name: Name, fields: Partial<Message> = {}, ...body: unknown[]): Promise<void> {
    return this.send(bytesOf(name, fields, ...body))
  }

  send(...frames: Buffer[]): Promise<void> {
    return this.socket.send(frames)
  }

  /** The next message of this kind; others in between are passed over. */
  async hears(name: Name): Promise<Heard> {
    while (true) {
      const next = this.#heard.shift()
      if (next?.name === name) return next
      if (next === undefined) await this.#receive()
    }
  }

  close(): void {
    this.socket.close()
  }

  async #receive(): Promise<void> {
    for (const frame of await this.socket.receive()) {
      readMessages(frame, (message, bytes, begin, end) => {
        const body = begin < end ? readValue(bytes, begin, end, refsAsText) : undefined
        this.#heard.push({ ...message, name: nameOf(message), body })
      })
    }
  }
}

/** The bytes of a message. */
export function bytesOf(name: Name, fields: Partial<Message> = {}, ...body: unknown[]): Buffer {
  const writer = new ByteWriter()
  writeHead(writer, messageOf(say[name], fields))
  if (body.length > 0) writeValue(writer, body[0], textsAsRefs)
  return writer.take()
}

const nameOf = ({ kind }: Message): Name =>
  (Object.keys(say) as Name[]).find((name) => say[name] === kind)!

const refsAsText: ValueContext = {
  toRef: () => undefined,
  fromRef: (bytes) => `ref ${bytes.toString()}`,
}

/** Any ref is written as these bytes. */
export const forged = { bytes: Buffer.alloc(0) }
const textsAsRefs: ValueContext = { toRef: () => forged.bytes, fromRef: () => undefined }
