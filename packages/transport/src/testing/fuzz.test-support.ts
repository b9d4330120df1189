import { WireError } from '../errors.ts'
import { NullMechanism } from '../mechanism/nullMechanism.ts'
import { PlainClient } from '../mechanism/plainClient.ts'
import { PlainServer } from '../mechanism/plainServer.ts'
import type { Sodium } from '../mechanism/sodium.ts'
import {
  decodeCommand,
  decodeError,
  decodeGroup,
  decodePing,
  encodeCommand,
} from '../wire/command.ts'
import { JoinedGroups } from '../datagram/groupDatagrams.ts'
import { opcode } from '../websocket/frame.ts'
import { answerUpgrade, encodeAnswer, readAnswer } from '../websocket/upgrade.ts'
import { RoutingIdExchange } from '../websocket/routingIdExchange.ts'
import { WebSocketEncoder } from '../websocket/webSocketEncoder.ts'
import { ZwsDecoder } from '../websocket/zwsDecoder.ts'
import type { MessageDecoder } from '../wire/codec.ts'
import type { FrameCipher } from '../wire/frameCipher.ts'
import { type DecoderLimits, FrameDecoder } from '../wire/frameDecoder.ts'
import { FrameEncoder } from '../wire/frameEncoder.ts'
import { GreetingExchange } from '../wire/greeting.ts'
import { decodeMetadata } from '../wire/metadata.ts'
import {
  decodeZapReply,
  decodeZapRequest,
  encodeZapReply,
  encodeZapRequest,
} from '../zap/zapMessage.ts'
import { cut } from './bytes.test-support.ts'
import { curveClient, type CurveKeys, curveKeys, curveServer } from './curve.test-support.ts'
import { dealer, pull, push, shakeHands, type Side, side } from './handshake.test-support.ts'
import { sessions } from './session.test-support.ts'

/** For each target, how often each outcome was met: `ready`, `messages`, the code of an error and so on. */
export type Outcomes = Record<string, Record<string, number>>

/** Numbers that look random and follow from a seed: xorshift32. */
class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0 || 1
  }

  /** From 0 up to but without `sides`. */
  roll(sides: number): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state
    return (state >>> 0) % sides
  }

  pick<T>(items: readonly T[]): T {
    return items[this.roll(items.length)]!
  }

  bytes(longest: number): Buffer {
    const bytes = Buffer.allocUnsafe(this.roll(longest + 1))
    for (let at = 0; at < bytes.length; at++) bytes[at] = this.roll(256)
    return bytes
  }
}

/** Something that takes bytes from outside, and must only ever fail with a WireError. */
type Target = (dice: Dice) => string

/** Feeds the wire with what no peer would send. A failure tells the seed that repeats it. */
export class Fuzz {
  readonly #sodium: Sodium
  readonly #keys: CurveKeys
  readonly #seeds = new Seeds()
  readonly #outcomes: Outcomes = {}
  readonly #handshakes: readonly Buffer[][]

  constructor(sodium: Sodium) {
    this.#sodium = sodium
    this.#keys = curveKeys(sodium)
    this.#handshakes = [
      ...this.#seeds.handshakes,
      ...recordHandshake(...this.#curvePair()),
      ...recordHandshake(...plainPair()),
    ]
  }

  /** Runs so many inputs; those of one seed are always the same. */
  run(inputs: number, seed: number): Outcomes {
    for (let n = 0; n < inputs; n++) {
      const inputSeed = (seed + Math.imul(n, 0x9e3779b1)) | 0
      const dice = new Dice(inputSeed)
      // Curves take a hundred times as long as the rest.
      const [name, target] = dice.roll(400) === 0 ? dice.pick(this.#slow) : dice.pick(this.#fast)
      const outcomes = (this.#outcomes[name] ??= {})
      try {
        const outcome = target(dice)
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      } catch (error) {
        throw new Error(`the input of seed ${inputSeed} failed, for ${name}`, { cause: error })
      }
    }
    return this.#outcomes
  }

  readonly #fast: readonly (readonly [name: string, target: Target])[] = [
    ['greetings', (dice) => greet(this.#seeds.stream(dice), dice)],
    ['frames of ZMTP', (dice) => decodeFrames(this.#seeds.traffic(dice), dice)],
    ['frames of ZMTP', (dice) => decodeFrames(this.#seeds.traffic(dice), dice)],
    ['frames of WebSocket', (dice) => decodeWebSocket(dice)],
    ['ZMTP before the peer is known', (dice) => beginZmtp(this.#seeds.traffic(dice), dice)],
    ['WebSocket before the peer is known', (dice) => beginWebSocket(dice)],
    ['requests for a WebSocket', (dice) => askForWebSocket(dice)],
    ['answers to them', (dice) => answerWithWebSocket(dice)],
    ['commands', (dice) => outcomeOf(() => parse(this.#mutated(dice), dice))],
    ['NULL and PLAIN', (dice) => this.#negotiate(dice, dice.pick(plainSides)())],
    ['routing ids over WebSocket', (dice) => exchangeRoutingIds(dice)],
    ['who tells much of itself', (dice) => tellMuch(dice)],
    ['messages of ZAP', (dice) => readZap(dice)],
    ['datagrams', (dice) => readDatagram(dice)],
  ]
  readonly #slow: readonly (readonly [name: string, target: Target])[] = [
    ['CURVE', (dice) => this.#negotiate(dice, dice.pick(this.#curvePair()))],
    ['frames of CURVE', (dice) => this.#decrypt(dice)],
  ]

  /** A handshake in which any command may be changed, left out, or come twice. */
  #negotiate(dice: Dice, { witness, mechanism }: Side): string {
    const others = dice.pick(this.#handshakes)
    mechanism.start()
    for (const command of others) {
      if (dice.roll(8) === 0) continue
      const times = 1 + Number(dice.roll(8) === 0)
      for (let time = 0; time < times; time++) {
        mechanism.receive(dice.roll(3) === 0 ? mutate(command, dice) : Buffer.from(command))
      }
    }
    mechanism.close()
    return witness.outcome ?? 'not over'
  }

  #decrypt(dice: Dice): string {
    const [client, server] = this.#curvePair()
    shakeHands(client, server)
    const encoder = new FrameEncoder()
    encoder.startTraffic(client.witness.peer!.cipher)
    for (let n = dice.roll(4); n >= 0; n--) encoder.addMessage([dice.bytes(40), dice.bytes(300)])
    const wire = Buffer.concat(encoder.take())
    const changed = dice.roll(4) === 0 ? wire : mutate(wire, dice)
    const places = [dice.roll(changed.length + 1)]
    return readTraffic(cut(changed, places), new FrameDecoder(), server.witness.peer!.cipher)
      .outcome
  }

  #mutated(dice: Dice): Buffer {
    return dice.roll(4) === 0 ? dice.bytes(100) : mutate(dice.pick(this.#seeds.commands), dice)
  }

  #curvePair(): [client: Side, server: Side] {
    const { client, serverSecret } = this.#keys
    return [curveClient(this.#sodium, client), curveServer(this.#sodium, serverSecret)]
  }
}

/** Lengths of what a peer tells of itself at which something changes, up to the most that it may. */
const longest = [255, 256, 65_000, 65_523, 65_524, 65_535, 65_536]

const someLength = (dice: Dice): number =>
  dice.roll(2) === 0 ? dice.pick(longest) : dice.roll(65_537)

/** Without a mechanism, whatever the first message is. */
function exchangeRoutingIds(dice: Dice): string {
  const { witness, mechanism } = side((events) => new RoutingIdExchange(dealer, events))
  mechanism.start()
  mechanism.receive(dice.roll(2) === 0 ? dice.bytes(300) : Buffer.alloc(someLength(dice), 7))
  const { peer } = witness
  if (peer !== undefined && peer.routingId.length > 255) throw new Error('a long routing id')
  return witness.outcome ?? 'not over'
}

/** READY with a property that may be as long as all of it. */
function tellMuch(dice: Dice): string {
  const name = dice.pick(['Identity', 'Socket-Type', 'X-long'])
  const size = Buffer.alloc(4)
  const length = someLength(dice)
  size.writeUInt32BE(dice.roll(4) === 0 ? dice.roll(2 ** 17) : length)
  const property = [Buffer.of(name.length), Buffer.from(name), size, Buffer.alloc(length, 7)]
  const { witness, mechanism } = nullSide()
  mechanism.start()
  mechanism.receive(encodeCommand('READY', mutate(Buffer.concat(property), dice)))
  mechanism.close()
  return witness.outcome ?? 'not over'
}

const GREETING_BYTES = 64

/** Where inputs come from: what libzmq said, changed, or nothing but noise. */
class Seeds {
  readonly streams: readonly Buffer[] = [
    ...sessions.flatMap(({ fromClient, fromServer }) => [fromClient, fromServer]),
    Buffer.from('ff00000000000000017f010800036162630001780105616263646504', 'hex'),
  ]
  readonly commands: readonly Buffer[]
  readonly handshakes: readonly Buffer[][]

  constructor() {
    this.handshakes = this.streams.map((stream) => handshakeCommands(stream))
    this.commands = this.handshakes.flat()
  }

  /** What a connection might begin with. */
  stream(dice: Dice): Buffer {
    if (dice.roll(4) === 0) return dice.bytes(100)
    return mutate(dice.pick(this.streams).subarray(0, 300), dice)
  }

  /** What might come behind a greeting. */
  traffic(dice: Dice): Buffer {
    if (dice.roll(8) === 0) return dice.bytes(200)
    if (dice.roll(2) === 0) return mutate(someMessages(dice), dice)
    const stream = dice.pick(this.streams)
    return mutate(stream.subarray(GREETING_BYTES, GREETING_BYTES + dice.roll(600)), dice)
  }
}

/** Messages and commands, as they should be. */
function someMessages(dice: Dice): Buffer {
  const encoder = new FrameEncoder()
  for (let n = dice.roll(8); n >= 0; n--) {
    if (dice.roll(6) === 0) encoder.addCommand(dice.bytes(20))
    else encoder.addMessage(Array.from({ length: 1 + dice.roll(3) }, () => dice.bytes(30)))
  }
  if (dice.roll(10) === 0) encoder.addMessage([Buffer.alloc(250 + dice.roll(20))])
  return Buffer.concat(encoder.take())
}

function handshakeCommands(stream: Buffer): Buffer[] {
  const commands: Buffer[] = []
  const decoder = new FrameDecoder()
  decoder.push(Buffer.from(stream.subarray(GREETING_BYTES)))
  outcomeOf(() => {
    for (;;) {
      const command = decoder.readCommand()
      if (command === undefined) return 'all'
      commands.push(command)
    }
  })
  return commands
}

/** Numbers at which something changes. */
const edges = [0, 1, 2, 3, 4, 5, 6, 7, 8, 0x7f, 0x80, 0xfe, 0xff]

/** A copy with up to four changes. */
function mutate(source: Buffer, dice: Dice): Buffer {
  let bytes = Buffer.from(source)
  for (let changes = dice.roll(5); changes > 0; changes--) {
    const at = dice.roll(bytes.length + 1)
    switch (dice.roll(6)) {
      case 0:
        if (at < bytes.length) bytes[at]! ^= 1 << dice.roll(8)
        break
      case 1:
        if (at < bytes.length) bytes[at] = dice.pick(edges)
        break
      case 2:
        bytes = bytes.subarray(0, at)
        break
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), dice.bytes(12), bytes.subarray(at)])
        break
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(dice.roll(bytes.length + 1))])
        break
      default:
        bytes.fill(dice.pick(edges), at, Math.min(bytes.length, at + 1 + dice.roll(8)))
    }
  }
  return bytes
}

const someLimits: readonly DecoderLimits[] = [
  {},
  { maxMessageSize: 0 },
  { maxMessageSize: 100, maxFrames: 3 },
  { maxMessageSize: 1000, maxCommandSize: 10 },
  { maxFrames: 1 },
]

interface Reading {
  readonly outcome: string
  /** What was read, and how it ended. */
  readonly digest: string
  readonly bytes: number
}

/** The same, whatever the chunks; and no more out than in. */
function decode(
  wire: Buffer,
  dice: Dice,
  newDecoder: (limits: DecoderLimits) => MessageDecoder,
): string {
  const limits = dice.pick(someLimits)
  const whole = readTraffic(cut(wire, []), newDecoder(limits))
  for (const places of splits(wire, dice)) {
    const split = readTraffic(cut(wire, places), newDecoder(limits))
    if (whole.digest !== split.digest) {
      throw new Error(`split ${places.join()}: ${split.digest}; whole: ${whole.digest}`)
    }
  }
  if (whole.bytes > wire.length) throw new Error(`${whole.bytes} bytes of ${wire.length}`)
  return whole.outcome
}

/** Where chunks end: at some places; now and then at every byte, or at each one in its turn. */
function splits(wire: Buffer, dice: Dice): number[][] {
  const everywhere = Array.from(wire.keys())
  if (dice.roll(20) === 0) return [everywhere]
  if (dice.roll(500) === 0) return everywhere.map((place) => [place])
  return [Array.from({ length: 1 + dice.roll(6) }, () => dice.roll(wire.length + 1))]
}

const decodeFrames = (wire: Buffer, dice: Dice): string =>
  decode(wire, dice, (limits) => new FrameDecoder(limits))

/** What comes through a WebSocket, to either side. */
function decodeWebSocket(dice: Dice): string {
  const isServer = dice.roll(2) === 0
  const wire = mutate(someWebSocketMessages(dice, !isServer), dice)
  return decode(wire, dice, (limits) => new ZwsDecoder(isServer, limits))
}

const beginZmtp = (wire: Buffer, dice: Dice): string =>
  decodeHandshake(wire, dice, new FrameDecoder(dice.pick(someLimits)))

function beginWebSocket(dice: Dice): string {
  const isServer = dice.roll(2) === 0
  const wire = mutate(someWebSocketMessages(dice, !isServer), dice)
  return decodeHandshake(wire, dice, new ZwsDecoder(isServer, dice.pick(someLimits)))
}

function someWebSocketMessages(dice: Dice, isServer: boolean): Buffer {
  const newKey = (): Uint8Array => Uint8Array.from({ length: 4 }, () => dice.roll(256))
  const encoder = new WebSocketEncoder(isServer, newKey)
  for (let n = dice.roll(8); n >= 0; n--) {
    if (dice.roll(6) === 0) encoder.addControl(opcode.ping, dice.bytes(20))
    else encoder.addBinary(dice.roll(3), dice.bytes(30))
  }
  if (dice.roll(10) === 0) encoder.addBinary(0, Buffer.alloc(120 + dice.roll(20)))
  if (dice.roll(10) === 0) encoder.addControl(opcode.close, Buffer.of(3, 0xe8))
  return Buffer.concat(encoder.take())
}

function readTraffic(
  chunks: readonly Buffer[],
  decoder: MessageDecoder,
  cipher?: FrameCipher,
): Reading {
  decoder.startTraffic({ cipher, hasCommands: true })
  const messages: Buffer[][] = []
  const commands: Buffer[] = []
  const outcome = outcomeOf(() => {
    for (const chunk of chunks) {
      decoder.push(chunk)
      for (;;) {
        const count = decoder.read(messages, 3)
        const command = decoder.takeCommand()
        if (command !== undefined) commands.push(command)
        else if (count === 0) break
      }
    }
    return 'messages'
  })
  const frames = [...messages.flat(), ...commands]
  const bytes = frames.reduce((sum, frame) => sum + frame.length, 0)
  const shape = messages.map((message) => message.map((frame) => frame.length).join('+')).join()
  const control = `${decoder.takePing()?.length ?? ''} ${decoder.hasEnded}`
  return { outcome, bytes, digest: `${outcome} ${commands.length} ${bytes} ${shape} ${control}` }
}

function decodeHandshake(wire: Buffer, dice: Dice, decoder: MessageDecoder): string {
  return outcomeOf(() => {
    for (const chunk of cut(wire, [dice.roll(wire.length + 1)])) {
      decoder.push(chunk)
      while (decoder.readCommand() !== undefined) decoder.takePing()
    }
    return 'commands'
  })
}

function greet(wire: Buffer, dice: Dice): string {
  const own = { mechanism: 'NULL', asServer: false, ...dealer }
  const exchange = new GreetingExchange({ ...own, acceptVersion2: dice.roll(2) === 0 })
  return outcomeOf(() => {
    for (const chunk of cut(wire, [dice.roll(wire.length + 1), dice.roll(20)])) {
      const { peer } = exchange.receive(chunk)
      if (peer !== undefined) return `greeting of ${peer.version}`
    }
    return 'not over'
  })
}

function parse(body: Buffer, dice: Dice): string {
  if (dice.roll(2) === 0) decodeMetadata(body)
  const { name, data } = decodeCommand(body)
  if (name === 'READY' || name === 'INITIATE') decodeMetadata(data)
  else if (name === 'ERROR') decodeError(data)
  else if (name === 'PING') decodePing(data)
  else decodeGroup('JOIN', data)
  return 'command'
}

const someHeaders: Readonly<Record<string, string>> = {
  host: 'server.example',
  upgrade: 'websocket',
  connection: 'keep-alive, Upgrade',
  'sec-websocket-key': 'x3JJHMbDL1EzLkh9GBhXDw==',
  'sec-websocket-accept': 'HSmrc0sMlYUkAGmm5OPpG2HaGWk=',
  'sec-websocket-version': '13',
  'sec-websocket-protocol': 'ZWS2.0/NULL,ZWS2.0',
  origin: 'https://app.example',
}
const subprotocols = ['ZWS2.0/NULL', 'ZWS2.0']

/** A text as it comes out of a header: each byte is a character. */
const mutateText = (text: string, dice: Dice): string =>
  mutate(Buffer.from(text, 'latin1'), dice).toString('latin1')

/** Of which some are changed, and some are not there. */
function mutateHeaders(dice: Dice): Record<string, string> {
  const headers = { ...someHeaders }
  for (let changes = dice.roll(3); changes > 0; changes--) {
    const name = dice.pick(Object.keys(someHeaders))
    if (dice.roll(3) === 0) delete headers[name]
    else headers[name] = mutateText(headers[name] ?? '', dice)
  }
  return headers
}

/** Whatever is asked, the answer is one of HTTP: what came is not in it. */
function askForWebSocket(dice: Dice): string {
  const headers = mutateHeaders(dice)
  const url = dice.roll(4) === 0 ? mutateText('/path?query', dice) : '/path'
  const origins = dice.pick([null, '*', 'https://app.example'])
  const path = dice.pick([undefined, '/path'])
  const request = { method: 'GET', httpVersion: '1.1', url, headers }
  const answer = answerUpgrade(request, { path, origins, subprotocols })
  const text = encodeAnswer(answer)
  if (!answerForm.test(text)) throw new Error(JSON.stringify(text))
  const { origin } = headers
  const isPageOfOthers = origin !== undefined && origin !== 'https://app.example'
  if (answer.status === 101 && isPageOfOthers && origins !== '*') throw new Error(origin)
  return String(answer.status)
}

const answerForm =
  /^HTTP\/1\.1 (?:101|400|403|404|426) [A-Za-z ]+\r\n(?:[A-Za-z-]+: [\w+/=.-]+\r\n)+\r\n$/

const answerWithWebSocket = (dice: Dice): string =>
  outcomeOf(() => {
    const headers = mutateHeaders(dice)
    if (dice.roll(2) === 0) headers['sec-websocket-protocol'] = dice.pick(subprotocols)
    return readAnswer({ headers }, someHeaders['sec-websocket-key']!, subprotocols)
  })

const zapRequest = encodeZapRequest({
  domain: 'global',
  address: '127.0.0.1',
  routingId: Buffer.from('server'),
  mechanism: 'PLAIN',
  credentials: [Buffer.from('alice'), Buffer.from('secret')],
})
const zapReplies = [
  encodeZapReply(Buffer.from('1'), { status: 200, text: 'OK', userId: 'alice' }),
  encodeZapReply(Buffer.from('1'), { status: 400, text: 'no', userId: '' }),
]

function mutateFrames(frames: readonly Buffer[], dice: Dice): Buffer[] {
  const mutated = frames.map((frame) => (dice.roll(6) === 0 ? mutate(frame, dice) : frame))
  if (dice.roll(6) === 0) mutated.splice(dice.roll(frames.length), dice.roll(3), dice.bytes(20))
  return mutated
}

function readZap(dice: Dice): string {
  if (dice.roll(2) === 0) {
    const asked = decodeZapRequest(mutateFrames(zapRequest, dice))
    return asked === undefined ? 'no request' : 'request'
  }
  const reply = mutateFrames(dice.pick(zapReplies), dice)
  return outcomeOf(() => (decodeZapReply(reply).accepted ? 'accepted' : 'denied'))
}

function readDatagram(dice: Dice): string {
  const groups = new JoinedGroups()
  groups.datagramOf([Buffer.from('\u0001group')])
  const data = mutate(Buffer.from('\u0005groupbody'), dice)
  const message = groups.messageOf(data)
  return message === undefined ? 'dropped' : 'message'
}

const nullSide = (): Side => side((events) => new NullMechanism(pull, events))
const plainClientSide = (): Side =>
  side((events) => new PlainClient(push, events, { username: 'a', password: 'b' }))
const plainServerSide = (): Side =>
  side((events) => new PlainServer(pull, events, () => new Promise(() => {})))
const plainSides = [nullSide, plainClientSide, plainServerSide]
const plainPair = (): [Side, Side] => [plainClientSide(), plainServerSide()]

/** What both sides of a handshake send. */
function recordHandshake(client: Side, server: Side): Buffer[][] {
  shakeHands(client, server)
  return [client.witness.sent, server.witness.sent]
}

/** What comes of it, or the code of the WireError; whatever else is thrown is thrown on. */
function outcomeOf(act: () => string): string {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return error.code
  }
}
