import { describe, expect, it } from 'vitest'
import { failures, thrownBy } from '../support/suiteErrors.ts'
import { itWith, take, texts, useStage } from '../support/suiteStage.ts'
import type { Stage } from '../support/suiteStage.ts'
import type { MessageLike } from '../support/suiteApi.ts'
import type { FarSocket, Subject } from '../support/suiteSubject.ts'

const kibi = 1024
const mebi = 1024 * kibi

/** What may be sent, and what arrives. */
export function describeMessages(subject: Subject): void {
  describe('values', () => {
    const stage = useStage(subject)
    const cases: [string, unknown, Buffer[]][] = [
      ['a string is its UTF-8', 'héllo ✓', [Buffer.from('héllo ✓')]],
      ['an empty string is an empty frame', '', [Buffer.alloc(0)]],
      ['null is an empty frame', null, [Buffer.alloc(0)]],
      ['a number is its decimal text', 4.5, [Buffer.from('4.5')]],
      ['a boolean is its text', true, [Buffer.from('true')]],
      ['a bigint is its text', 12345678901234567890n, [Buffer.from('12345678901234567890')]],
      ['an object is its text', { a: 1 }, [Buffer.from('[object Object]')]],
      ['a Buffer is its bytes', Buffer.from([0, 255]), [Buffer.from([0, 255])]],
      [
        'a part of a buffer is that part',
        Buffer.from('abcdef').subarray(2, 4),
        [Buffer.from('cd')],
      ],
      ['an ArrayBuffer is its bytes', Uint8Array.from([1, 2]).buffer, [Buffer.from([1, 2])]],
      ['a typed array is its bytes', Uint32Array.from([1]), [Buffer.from([1, 0, 0, 0])]],
      [
        'a part of a typed array is that part',
        Uint16Array.from([1, 2, 3]).subarray(1, 2),
        [Buffer.from([2, 0])],
      ],
      // zeromq.js refuses a DataView and sends the name of a SharedArrayBuffer.
      ['a DataView is its bytes', new DataView(new ArrayBuffer(3), 1), [Buffer.alloc(2)]],
      ['a SharedArrayBuffer is its bytes', new SharedArrayBuffer(3), [Buffer.alloc(3)]],
      [
        'an array is several frames',
        ['a', null, 1],
        ['a', '', '1'].map((text) => Buffer.from(text)),
      ],
      [
        'an array in an array is its text',
        [['a', 'b'], 'c'],
        [Buffer.from('a,b'), Buffer.from('c')],
      ],
      ['undefined in an array is its text', [undefined], [Buffer.from('undefined')]],
      [
        'a view of shared memory is its bytes',
        new Uint8Array(new SharedArrayBuffer(2)),
        [Buffer.alloc(2)],
      ],
    ]

    for (const [sentence, value, expected] of cases) {
      it(`${sentence}`, async () => {
        const [pair, echo] = await echoed(stage)
        await pair.send(value as MessageLike)
        expect(await pair.receive()).toEqual(expected)
        await echo.close()
      })
    }

    it('arrive as Buffers', async () => {
      const [pair] = await echoed(stage)
      await pair.send(['a', 'b'])
      for (const frame of await pair.receive()) expect(Buffer.isBuffer(frame)).toBe(true)
    })

    it('an empty array sends nothing', async () => {
      const [pair] = await echoed(stage)
      await pair.send([])
      await pair.send('next')
      expect(texts(await pair.receive())).toEqual(['next'])
    })

    it('a symbol is a TypeError, and nothing of its message is sent', async () => {
      const [pair] = await echoed(stage)
      const send = (value: unknown) => pair.send(value as MessageLike)
      expect(thrownBy(() => send(Symbol('s')))).toBeInstanceOf(TypeError)
      expect(thrownBy(() => send(['a', Symbol('s')]))).toBeInstanceOf(TypeError)
      await pair.send('next')
      expect(texts(await pair.receive())).toEqual(['next'])
    })

    it('a value whose text cannot be had throws, and nothing of its message is sent', async () => {
      const [pair] = await echoed(stage)
      const stubborn = {
        toString() {
          throw new RangeError('no text')
        },
      }
      const send = (value: unknown) => pair.send(value as MessageLike)
      expect(thrownBy(() => send(['a', stubborn, 'b']))).toBeInstanceOf(RangeError)
      await pair.send('next')
      expect(texts(await pair.receive())).toEqual(['next'])
    })

    // A binding of libzmq hands over the memory itself; here the message is on its way.
    it('may be changed by the sender once they were sent', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      for (const size of [10, 1000, 100_000]) {
        const bytes = Buffer.alloc(size, 'a')
        await push.send(bytes)
        bytes.fill('b')
        const [frame] = await pull.receive()
        expect(Buffer.alloc(size, 'a').equals(frame!)).toBe(true)
      }
    })

    it('may be changed by one receiver without another one noticing', async () => {
      const endpoint = stage.endpoint()
      const publisher = await stage.far('XPublisher', { verbosity: 'allSubs' })
      await publisher.bind(endpoint)
      const subscribers = [stage.open('Subscriber'), stage.open('Subscriber')]
      for (const subscriber of subscribers) {
        subscriber.subscribe()
        subscriber.connect(endpoint)
        await publisher.receive()
      }
      for (const size of [10, 1000, 100_000]) {
        await publisher.send(Buffer.alloc(size, 'a'))
        for (const subscriber of subscribers) {
          const [frame] = await subscriber.receive()
          expect(Buffer.alloc(size, 'a').equals(frame!)).toBe(true)
          frame!.fill('b')
        }
      }
    })

    it('stay as they are while others arrive', async () => {
      const [pair] = await echoed(stage)
      const kept: Buffer[] = []
      for (let round = 0; round < 300; round++) {
        await pair.send(String(round).repeat(50))
        kept.push((await pair.receive())[0]!)
      }
      for (const [round, frame] of kept.entries()) {
        expect(String(frame)).toBe(String(round).repeat(50))
      }
    })
  })

  describeSizes(subject)
  describeMultipart(subject)
}

function describeSizes(subject: Subject): void {
  describe('messages of any size', () => {
    const stage = useStage(subject)
    const edges = [8, 32, 64, 128, 256, 512, 4 * kibi, 8 * kibi, 16 * kibi, 64 * kibi, mebi]

    it('arrive unchanged: around every power of two', async () => {
      const [pair] = await echoed(stage)
      for (const size of [0, 1, 2, 3, ...edges.flatMap((edge) => [edge - 1, edge, edge + 1])]) {
        const bytes = patterned(size)
        await pair.send(bytes)
        const [frame, ...rest] = await pair.receive()
        expect([frame!.length, bytes.equals(frame!), rest]).toEqual([size, true, []])
      }
    })

    it('arrive unchanged: every size up to 600 bytes', async () => {
      const [pair] = await echoed(stage)
      for (let size = 0; size <= 600; size++) await pair.send(patterned(size))
      for (let size = 0; size <= 600; size++) {
        expect(patterned(size).equals((await pair.receive())[0]!)).toBe(true)
      }
    })

    for (const size of [16 * mebi, 64 * mebi]) {
      it(`arrive unchanged: ${size / mebi} MiB`, async () => {
        const [pair] = await echoed(stage)
        const bytes = patterned(size)
        await pair.send(bytes)
        const [frame] = await pair.receive()
        expect(bytes.equals(frame!)).toBe(true)
      })
    }

    it('may follow each other in any order of sizes', async () => {
      const [pair] = await echoed(stage)
      const sizes = [10, 500_000, 0, 70_000, 3, 3, 100_000, 9000, 1, 2_000_000, 20]
      for (const size of sizes) await pair.send(patterned(size))
      for (const [frame] of await take(pair, sizes.length)) {
        const size = sizes.shift()!
        expect([frame!.length, patterned(size).equals(frame!)]).toEqual([size, true])
      }
    })
  })
}

function describeMultipart(subject: Subject): void {
  describe('messages of several frames', () => {
    const stage = useStage(subject)
    const itExact = itWith(subject, 'exactHighWaterMark')

    for (const count of [1, 2, 3, 10, 100, 1000]) {
      it(`arrive whole: ${count} frames`, async () => {
        const [pair] = await echoed(stage)
        const frames = Array.from({ length: count }, (_, index) => `frame ${index}`)
        await pair.send(frames)
        expect(texts(await pair.receive())).toEqual(frames)
      })
    }

    it('keep their empty frames', async () => {
      const [pair] = await echoed(stage)
      for (const frames of [
        ['', ''],
        ['a', '', 'b'],
        ['', 'a'],
        ['a', ''],
        ['', '', ''],
      ]) {
        await pair.send(frames)
        expect(texts(await pair.receive())).toEqual(frames)
      }
    })

    it('mix frames of all sizes', async () => {
      const [pair] = await echoed(stage)
      const frames = [0, 1, 100_000, 0, 8192, 8193, 300, 2_000_000, 0].map(patterned)
      await pair.send(frames)
      const received = await pair.receive()
      expect(received.map((frame) => frame.length)).toEqual(frames.map((frame) => frame.length))
      for (const [index, frame] of received.entries()) {
        expect(frame.equals(frames[index]!)).toBe(true)
      }
    })

    it('are never mixed with others', async () => {
      const [pair] = await echoed(stage)
      for (let round = 0; round < 200; round++) {
        await pair.send(Array.from({ length: 1 + (round % 7) }, () => `${round}`))
      }
      for (let round = 0; round < 200; round++) {
        const message = texts(await pair.receive())
        expect(message).toEqual(Array.from({ length: 1 + (round % 7) }, () => `${round}`))
      }
    })

    itExact('are sent whole or not at all', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull', { receiveHighWaterMark: 1 })
      await pull.bind(endpoint)
      const push = stage.open('Push', { sendHighWaterMark: 1, sendTimeout: 0 })
      push.connect(endpoint)
      await push.send(['1', '1'])
      await push.send(['2', '2'])
      await expect(push.send(['3', '3'])).rejects.toMatchObject(failures.again)
      expect((await pull.take(2)).map(texts)).toEqual([
        ['1', '1'],
        ['2', '2'],
      ])
      push.sendTimeout = -1
      await push.send(['4', '4'])
      expect(texts(await pull.receive())).toEqual(['4', '4'])
    })
  })
}

/** The largest message promised; takes some seconds and gigabytes, so not part of every run. */
export function describeHugeMessages(subject: Subject): void {
  describe('a message of 1 GiB', () => {
    const stage = useStage(subject)

    it('arrives unchanged', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      const bytes = Buffer.alloc(1024 * mebi)
      for (let at = 0; at < bytes.length; at += 4096) bytes.writeUInt32LE(at / 4096, at)
      await push.send(bytes)
      const [frame] = await pull.receive()
      expect([frame!.length, bytes.equals(frame!)]).toEqual([bytes.length, true])
    })

    itWith(subject, 'threads')('arrives unchanged in another thread, and comes back', async () => {
      const [pair] = await echoed(stage)
      const bytes = Buffer.alloc(1024 * mebi)
      for (let at = 0; at < bytes.length; at += 4096) bytes.writeUInt32LE(at / 4096, at)
      await pair.send(bytes)
      const [frame] = await pair.receive()
      expect([frame!.length, bytes.equals(frame!)]).toEqual([bytes.length, true])
    })
  })
}

/** A socket here, and a far one that sends everything back. */
async function echoed(stage: Stage) {
  const endpoint = stage.endpoint()
  const pair = stage.open('Pair', { sendHighWaterMark: 0, receiveHighWaterMark: 0 })
  await pair.bind(endpoint)
  const [echo] = (await stage.farPeers('Pair', 1, endpoint, {
    sendHighWaterMark: 0,
    receiveHighWaterMark: 0,
  })) as [FarSocket]
  void echo.echo()
  return [pair, echo] as const
}

/** Bytes whose every stretch of 251 differs from the next by its position. */
function patterned(size: number): Buffer {
  const bytes = Buffer.alloc(size, 'a message of many bytes, ')
  for (let at = 250; at < size; at += 251) bytes[at] = at
  return bytes
}
