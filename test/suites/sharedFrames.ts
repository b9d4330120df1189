import { describe, expect, it } from 'vitest'
import { failureOf, failures, thrownBy } from '../support/suiteErrors.ts'
import { heads, itWith, numbers, take, texts, useStage } from '../support/suiteStage.ts'
import type { SharedFrame } from '../support/suiteApi.ts'
import type { Subject } from '../support/suiteSubject.ts'

const sizes = [0, 1, 100, 8192, 8193, 100_000, 3_000_000]

/** Messages that are filled, sent, read and handed on where they lie. */
export function describeSharedFrames(subject: Subject): void {
  describeSharedBatches(subject)
  describe('frames in shared memory', () => {
    const stage = useStage(subject)
    const itBlocking = itWith(subject, 'blocking')
    const itImmediate = itWith(subject, 'immediate')
    const { context } = subject.zmq

    it('are allocated, filled in place and sent', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      for (const size of sizes) {
        const frame = context.allocate(size)
        expect([frame.length, frame.data.length]).toEqual([size, size])
        frame.data.fill('x')
        await push.send(frame)
        const [received] = await pull.receive()
        expect(Buffer.alloc(size, 'x').equals(received!)).toBe(true)
      }
    })

    it('are filled with bytes from elsewhere', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      for (const size of sizes) {
        const askew = Buffer.alloc(size + 1, 'y').subarray(1)
        const frame = context.allocate(size + 3)
        frame.data.fill('x')
        frame.set(askew, 2)
        await push.send(frame)
        const [received] = await pull.receive()
        expect(received!.equals(Buffer.concat([Buffer.from('xx'), askew, Buffer.from('x')]))).toBe(
          true,
        )
      }
    })

    it('are filled with their own bytes, moved', () => {
      const frame = context.allocate(10_000)
      const expected = Buffer.from(Array.from({ length: 10_000 }, (_, index) => index % 251))
      frame.set(expected)
      for (const [from, to] of [
        [0, 64],
        [64, 0],
        [1, 3000],
      ] as const) {
        frame.set(frame.data.subarray(from, from + 5000), to)
        expected.set(expected.subarray(from, from + 5000), to)
        expect(frame.data.equals(expected)).toBe(true)
      }
      frame.release()
    })

    it('are filled with the bytes of other arrays and views', () => {
      const numbers = Float64Array.from({ length: 1000 }, (_, index) => index / 3)
      const frame = context.allocate(numbers.byteLength)
      const { buffer } = numbers
      for (const view of [numbers, new DataView(buffer), new Uint16Array(buffer)]) {
        frame.data.fill(0)
        frame.set(view)
        expect(frame.data.equals(Buffer.from(buffer))).toBe(true)
      }
      frame.release()
    })

    it('refuse bytes that they have no room for', () => {
      const frame = context.allocate(10)
      const bytes = Buffer.alloc(9)
      for (const offset of [-1, 2, 0.5, NaN, Infinity]) {
        expect(() => frame.set(bytes, offset)).toThrow(RangeError)
      }
      for (const none of ['text', 5, null, undefined, [1]]) {
        expect(() => frame.set(none as never)).toThrow(TypeError)
      }
      frame.release()
      expect(thrownBy(() => frame.set(bytes))).toMatchObject({ code: 'EINVAL' })
    })

    it('are gone when they were sent or released', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      for (const size of [10, 100_000]) {
        const sent = context.allocate(size)
        await push.send(sent)
        const released = context.allocate(size)
        released.release()
        for (const frame of [sent, released]) {
          expect(thrownBy(() => frame.data)).toMatchObject({ code: 'EINVAL' })
          expect(await failureOf(() => push.send(frame))).toMatchObject({ code: 'EINVAL' })
          frame.release()
        }
        await pull.receive()
      }
    })

    it('may stand beside ordinary frames in one message', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      const [small, large] = [context.allocate(5), context.allocate(50_000)]
      small.data.write('small')
      large.data.fill('L')
      await push.send(['head', small, large, 'tail'])
      const message = await pull.receive()
      expect(message.map((frame) => frame.length)).toEqual([4, 5, 50_000, 4])
      expect(String(message[1])).toBe('small')
      expect(message[2]!.equals(Buffer.alloc(50_000, 'L'))).toBe(true)
    })

    it('are borrowed when received, and keep their bytes until they are released', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      for (const size of sizes) await push!.send(Buffer.alloc(size, String(size)))
      const held: SharedFrame[] = []
      for (const size of sizes) {
        const [frame] = await pull.receiveShared()
        expect(frame!.length).toBe(size)
        held.push(frame!)
      }
      for (const size of sizes) await push!.send(Buffer.alloc(size, '!'))
      await take(pull, sizes.length)
      for (const [index, frame] of held.entries()) {
        const size = sizes[index]!
        expect(Buffer.alloc(size, String(size)).equals(frame.data)).toBe(true)
        frame.release()
        expect(thrownBy(() => frame.data)).toMatchObject({ code: 'EINVAL' })
        frame.release()
      }
    })

    it('stay with their holder when one of the message is not there to be sent', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      await push.send(['lent', Buffer.alloc(50_000)])
      const [lent, block] = await pull.receiveShared()
      const [small, large] = [context.allocate(5), context.allocate(50_000)]
      small.data.write('small')
      large.data.fill('L')
      const released = context.allocate(1)
      released.release()
      for (const bad of [released, small]) {
        const message = [small, lent!, 'between', block!, large, bad]
        expect(await failureOf(() => push.send(message))).toMatchObject({ code: 'EINVAL' })
        expect(thrownBy(() => push.sendSync(message))).toMatchObject({ code: 'EINVAL' })
      }
      await push.send([small, lent!, block!, large])
      const received = await pull.receive()
      expect(received.map((frame) => frame.length)).toEqual([5, 4, 50_000, 50_000])
      expect([String(received[0]), String(received[1])]).toEqual(['small', 'lent'])
      expect(received[3]!.equals(Buffer.alloc(50_000, 'L'))).toBe(true)
    })

    it('are borrowed frame by frame from a message of several', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send(['head', Buffer.alloc(50_000, 'x'), ''])
      const frames = await pull.receiveShared()
      expect(frames.map((frame) => frame.length)).toEqual([4, 50_000, 0])
      expect(String(frames[0]!.data)).toBe('head')
      for (const frame of frames) frame.release()
    })

    it('outlive the socket they came from and the one that sent them', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send(Buffer.alloc(100_000, 'x'))
      const [frame] = await pull.receiveShared()
      await push!.close()
      pull.close()
      expect(Buffer.alloc(100_000, 'x').equals(frame!.data)).toBe(true)
      frame!.release()
    })

    it('are handed on without a copy', async () => {
      const [front, back] = [stage.endpoint(), stage.endpoint()]
      const pull = stage.open('Pull')
      const push = stage.open('Push')
      await pull.bind(front)
      await push.bind(back)
      const [source] = await stage.farPeers('Push', 1, front)
      const [sink] = await stage.farPeers('Pull', 1, back)
      for (const size of sizes) {
        await source!.send(['head', Buffer.alloc(size, 'x')])
        const frames = await pull.receiveShared()
        await push.send(frames)
        for (const frame of frames) {
          expect(thrownBy(() => frame.data)).toMatchObject({ code: 'EINVAL' })
        }
        const [head, body] = await sink!.receive()
        expect([String(head), Buffer.alloc(size, 'x').equals(body!)]).toEqual(['head', true])
      }
    })

    it('reach every subscriber of a publication', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('Publisher')
      await publisher.bind(endpoint)
      const subscribers = await stage.farPeers('Subscriber', 3, endpoint)
      for (const subscriber of subscribers) await subscriber.subscribe('x')
      await stage.hears(publisher, ...subscribers)
      for (const size of [10, 100_000]) {
        const frame = context.allocate(size)
        frame.data.fill('x')
        await publisher.send(frame)
        for (const subscriber of subscribers) {
          const [received] = await subscriber.receive()
          expect(Buffer.alloc(size, 'x').equals(received!)).toBe(true)
        }
      }
    })

    it('may be dropped by a socket with nobody to send them to', async () => {
      const publisher = stage.open('Publisher')
      const before = context.memory.usedBytes
      for (let count = 0; count < 20; count++) await publisher.send(context.allocate(1_000_000))
      expect(context.memory.usedBytes).toBeLessThan(before + 5_000_000)
    })

    it('are not lost to a send that fails', async () => {
      const push = stage.open('Push', { sendTimeout: 0 })
      const frame = context.allocate(100_000)
      await expect(push.send(frame)).rejects.toMatchObject(failures.again)
      frame.data.fill('x')
      frame.release()
    })

    itBlocking('can be asked for and lent while the thread blocks', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      const [frame] = pull.receiveSharedSync()
      expect(String(frame!.data)).toBe('x')
      frame!.release()
      expect(thrownBy(() => pull.receiveSharedSync({ timeout: 0 }))).toMatchObject(failures.again)
    })

    it('cannot be cloned or posted to another thread, nor can a lent batch', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      await push.sendMany(['small', Buffer.alloc(50_000), 'of a batch'])
      const frames = [
        context.allocate(10),
        ...(await pull.receiveShared()),
        ...(await pull.receiveShared()),
      ]
      const batch = await pull.receiveManyShared()
      const { port1, port2 } = new MessageChannel()
      for (const value of [...frames, batch]) {
        const refused = {
          name: 'DataCloneError',
          // Node 20 and later ones say it in their own words.
          message: expect.stringMatching(
            new RegExp(`#<${value.constructor.name}> could not be cloned|Cannot clone object`),
          ) as string,
        }
        expect(thrownBy(() => structuredClone({ value }))).toMatchObject(refused)
        expect(thrownBy(() => port1.postMessage([value]))).toMatchObject(refused)
        value.release()
      }
      port1.close()
      port2.close()
    })

    it('have a size', () => {
      for (const size of [-1, 1.5, Number.NaN, '3' as unknown as number]) {
        expect(thrownBy(() => context.allocate(size))).toBeInstanceOf(Error)
      }
    })

    it('that cannot be had are an error, and nothing else is lost', async () => {
      const error = thrownBy(() => context.allocate(2 ** 40))
      expect(error).toMatchObject({ code: 'ENOMEM' })
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      expect(heads([await pull.receive()])).toEqual(['x'])
    })

    // Connections end some time after their sockets.
    itImmediate('give all their memory back once their sockets are closed', async () => {
      const before = context.memory.usedBytes
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      for (let round = 0; round < 20; round++) {
        for (const size of sizes) {
          context.allocate(size).release()
          await push!.send(Buffer.alloc(size))
          for (const frame of await pull.receiveShared()) frame.release()
        }
      }
      await push!.close()
      pull.close()
      await push!.get('closed')
      expect(context.memory.usedBytes).toBe(before)
    })

    it('are read like any other by those who do not borrow', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      const frame = context.allocate(3)
      frame.data.write('abc')
      await push.send(frame)
      expect(texts(await pull.receive())).toEqual(['abc'])
    })
  })
}

/** Many messages lent at once. */
function describeSharedBatches(subject: Subject): void {
  describe('batches in shared memory', () => {
    const stage = useStage(subject)
    const itInproc = itWith(subject, 'inproc')

    it('are lent in order, and given back', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.sendNumbers(0, 500)
      const received: string[] = []
      while (received.length < 500) {
        const batch = await pull.receiveManyShared()
        expect(batch.length).toBe(batch.messages.length)
        expect(heads([...batch])).toEqual(heads(batch.messages))
        received.push(...heads(batch.messages))
        batch.release()
        batch.release()
      }
      expect(received).toEqual(numbers(0, 500))
    })

    // What was sent has to be there already, all of it.
    itInproc('hold at most as many messages as they are told', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.sendNumbers(0, 30)
      for (const [from, to] of [
        [0, 10],
        [10, 20],
      ] as const) {
        const batch = pull.receiveManySharedSync({ max: 10 })
        expect(heads(batch.messages)).toEqual(numbers(from, to))
        batch.release()
      }
      expect(heads(await take(pull, 10))).toEqual(numbers(20, 30))
    })

    it('keep messages of every size and number of frames', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      for (const size of sizes) await push!.send(['head', Buffer.alloc(size, String(size)), ''])
      for (let index = 0; index < sizes.length;) {
        const batch = await pull.receiveManyShared()
        for (const [head, body, tail] of batch) {
          const size = sizes[index++]!
          expect([String(head), tail!.length]).toEqual(['head', 0])
          expect(Buffer.alloc(size, String(size)).equals(body!)).toBe(true)
        }
        batch.release()
      }
    })

    it('wait for the first message, and say EAGAIN when it does not come', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      expect(thrownBy(() => pull.receiveManySharedSync({ timeout: 0 }))).toMatchObject(
        failures.again,
      )
      const receiving = pull.receiveManyShared()
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      const batch = await receiving
      expect(heads(batch.messages)).toEqual(['x'])
      batch.release()
    })
  })
}
