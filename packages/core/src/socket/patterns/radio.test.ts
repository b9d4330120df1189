import { afterEach, describe, expect, it } from 'vitest'
import { context } from '../../context/default.ts'
import { Dish, Radio } from '../publishingSockets.ts'
import type { Socket } from '../sockets.ts'

/** What is not there in these tests never comes. */
const atOnce = { timeout: 0 }
const invalid = expect.objectContaining({ code: 'EINVAL' })

let lastEndpoint = 0
const endpoint = (): string => `inproc://radio-${++lastEndpoint}`

const opened: Socket[] = []
function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close()
})

/** All that is there, as `group: message`. */
function received(dish: Dish): string[] {
  const all: string[] = []
  while (dish.readable) {
    const [message, { group }] = dish.receiveSync(atOnce)
    all.push([group, message].map(String).join(': '))
  }
  return all
}

function joined(
  groups: readonly string[],
  options: ConstructorParameters<typeof Radio>[0] = {},
): { radio: Radio; dish: Dish } {
  const radio = open(new Radio(options))
  radio.bindSync(endpoint())
  const dish = open(new Dish())
  dish.join(...groups)
  dish.connect(radio.lastEndpoint!)
  return { radio, dish }
}

describe('RADIO and DISH', () => {
  it('move what is sent to a group to those who have joined exactly that one', () => {
    const { radio, dish } = joined(['a', 'ü', ''])
    const other = open(new Dish())
    other.connect(radio.lastEndpoint!)
    other.join('a', Buffer.from([0, 255]))
    for (const group of ['a', 'ab', 'ü', '', Buffer.from([0, 255]), Buffer.from('ü', 'latin1')]) {
      radio.sendSync('x', { group })
    }
    expect(received(dish)).toEqual(['a: x', 'ü: x', ': x'])
    expect(received(other)).toEqual(['a: x', '\0\ufffd: x'])
  })

  it('send batches of pairs, and receive in every way', async () => {
    const { radio, dish } = joined(['a'])
    radio.sendManySync([
      ['1', { group: 'a' }],
      ['2', { group: 'b' }],
      [Buffer.alloc(10_000, '3'), { group: 'a' }],
      ['4', { group: 'a' }],
      ['5', { group: 'a' }],
    ])
    expect(await dish.receive()).toEqual([Buffer.from('1'), { group: Buffer.from('a') }])
    const [frame, { group }] = dish.receiveSharedSync(atOnce)
    expect([frame.length, String(group)]).toEqual([10_000, 'a'])
    frame.release()
    const batch = dish.receiveManySync(atOnce)
    expect(batch.map(([message, { group: name }]) => [name, message].join())).toEqual([
      'a,4',
      'a,5',
    ])
    const receiving = dish.receive()
    await radio.send('6', { group: 'a' })
    expect(String((await receiving)[0])).toBe('6')
    expect(() => dish.receiveSync(atOnce)).toThrow('timed out')
  })

  it('forget the groups that were left, and the peers that have gone', () => {
    const { radio, dish } = joined(['a', 'b'])
    const other = open(new Dish())
    other.join('a')
    other.connect(radio.lastEndpoint!)
    radio.sendSync('1', { group: 'a' })
    dish.leave('a')
    expect(received(dish)).toEqual([])
    radio.sendSync('2', { group: 'a' })
    radio.sendSync('2', { group: 'b' })
    expect(received(dish)).toEqual(['b: 2'])
    expect(received(other)).toEqual(['a: 1', 'a: 2'])
    other.close()
    dish.join('a')
    radio.sendSync('3', { group: 'a' })
    expect(received(dish)).toEqual(['a: 3'])
  })

  it('find each other in any order', () => {
    const name = endpoint()
    const dish = open(new Dish())
    dish.join('a', 'b')
    dish.connect(name)
    dish.leave('b')
    const radio = open(new Radio())
    radio.bindSync(name)
    radio.sendSync('1', { group: 'a' })
    radio.sendSync('1', { group: 'b' })
    expect(received(dish)).toEqual(['a: 1'])
  })

  it('refuse groups that are none, joined already, or not joined', () => {
    const { radio, dish } = joined(['a'])
    expect(() => dish.join('b', 'a')).toThrow(invalid)
    expect(() => dish.join('b')).toThrow(invalid)
    expect(() => dish.leave('c')).toThrow(invalid)
    expect(() => dish.join('g'.repeat(256))).toThrow(invalid)
    expect(() => dish.join('ü'.repeat(128))).toThrow(invalid)
    expect(() => dish.join(1 as never)).toThrow(TypeError)
    expect(() => radio.sendSync('x', { group: 'g'.repeat(256) })).toThrow(invalid)
    expect(() => radio.sendSync('x', {} as never)).toThrow(TypeError)
    expect(() => radio.sendSync('x', undefined as never)).toThrow(TypeError)
    expect(() => radio.sendSync(['x', 'y'] as never, { group: 'a' })).toThrow(invalid)
    radio.sendSync('b was joined before the failure', { group: 'b' })
    expect(received(dish)).toHaveLength(1)
    dish.close()
    expect(() => dish.join('d')).toThrow(expect.objectContaining({ code: 'EBADF' }))
    expect(() => dish.leave('a')).toThrow(expect.objectContaining({ code: 'EBADF' }))
  })

  it('do not go the other way', async () => {
    const { radio, dish } = joined([])
    const notSupported = { code: 'ENOTSUP' }
    await expect((radio as unknown as Dish).receive()).rejects.toMatchObject(notSupported)
    const untyped = dish as unknown as { send(message: string): Promise<void> }
    await expect(untyped.send('x')).rejects.toMatchObject(notSupported)
    expect([radio.readable, radio.writable]).toEqual([false, true])
    expect([dish.readable, dish.writable]).toEqual([false, false])
  })

  it('drop at the high-water mark, or wait with `noDrop`', () => {
    for (const noDrop of [false, true]) {
      const { radio, dish } = joined(['a'], { noDrop, sendHighWaterMark: 1 })
      dish.receiveHighWaterMark = 2
      void radio.writable
      const send = (text: string) => radio.sendSync(text, { group: 'a', timeout: 0 })
      for (const text of ['1', '2', '3']) send(text)
      if (noDrop) expect(() => send('4')).toThrow('timed out')
      else send('4')
      expect(received(dish)).toEqual(['a: 1', 'a: 2', 'a: 3'])
      send('5')
      expect(received(dish)).toEqual(['a: 5'])
    }
  })

  it('hand shared memory over, and give back what nobody listens to', () => {
    const before = context.memory.usedBytes
    const { radio, dish } = joined(['a'])
    for (const group of ['a', 'b']) {
      const frame = context.allocate(50_000)
      frame.data.fill(group)
      radio.sendSync(frame, { group })
    }
    const [frame] = dish.receiveSharedSync(atOnce)
    expect(String(frame.data.subarray(0, 2))).toBe('aa')
    frame.release()
    radio.close()
    dish.close()
    expect(context.memory.usedBytes).toBe(before)
  })
})
