import { describe, expect, it } from 'vitest'
import { AuditedHeap } from '../memory/auditedHeap.test-support.ts'
import { direction, NO_OWNER, ownedByThread, PAGE_BYTES } from '../memory/layout.ts'
import { directionAt } from '../memory/pipeTable.ts'
import { smallArena } from '../memory/smallArena.test-support.ts'
import { LatestValueReader, LatestValueWriter } from './latestValue.ts'
import { record } from './recordLayout.ts'

const [SLOT, PIPE] = [1, 2]
const OWNER = ownedByThread(SLOT)

function newDirection(heapPages = 16) {
  const arena = smallArena(heapPages)
  const heap = new AuditedHeap(arena, SLOT)
  const at = directionAt(arena, PIPE, 1)
  const writer = new LatestValueWriter(heap, PIPE, at)
  const reader = new LatestValueReader(heap, PIPE, at)
  const write = (text: string): boolean => {
    writer.frame(Buffer.from(text), 0)
    writer.commit()
    return writer.publish()
  }
  return { arena, heap, at, writer, reader, write }
}

describe('the latest value of a direction', () => {
  it('takes the place of those that have not been read, and their memory is given back', () => {
    const { heap, reader, write } = newDirection()
    expect(reader.available()).toBe(0)
    for (const text of ['first', 'second', 'third']) write(text)
    expect(reader.available()).toBe(1)
    expect(reader.read().map(String)).toEqual(['third'])
    expect([reader.unread, heap.usedBytes()]).toEqual([0, 0])
    write('fourth')
    expect(reader.read().map(String)).toEqual(['fourth'])
  })

  it.each([0, 1, 3, 255, 256, 40_000, 200_000])('has %i bytes, and is read as a copy', (length) => {
    const { arena, heap, writer, reader } = newDirection()
    const sent = Buffer.from(Array.from({ length }, (_, i) => i * 7))
    writer.frame(sent, 0)
    writer.commit()
    const [received] = reader.read()
    expect(Buffer.compare(received!, sent)).toBe(0)
    expect(received!.buffer).not.toBe(arena.buffer)
    expect(heap.usedBytes()).toBe(0)
  })

  it('is the same whichever way it is read', () => {
    const { heap, reader, write } = newDirection()
    const lent = { blockRef: 0, segmentRef: 0 }
    write('value')
    expect(reader.isNextSmall()).toBe(true)
    expect(reader.readShared(OWNER)).toEqual([{ data: Buffer.from('value'), ...lent }])
    write('value')
    expect(reader.readParts(OWNER)).toEqual([{ data: Buffer.from('value'), ...lent }])
    write('value')
    const messages = [[Buffer.from('earlier')]]
    reader.readMany(messages, 10)
    reader.readMany(messages, 10)
    expect(messages.map(String)).toEqual(['earlier', 'value'])
    write('value')
    expect(reader.borrow(10, OWNER)).toEqual({
      messages: [[Buffer.from('value')]],
      segmentRef: 0,
      blocks: [],
    })
    expect(reader.borrow(10, OWNER).messages).toEqual([])
    reader.unpin(0, 1)
    expect([reader.isPinned, reader.unreleased, heap.usedBytes()]).toEqual([false, 0, 0])
  })

  it('is left where it is when none is asked for', () => {
    const { reader, write } = newDirection()
    write('value')
    const messages: Buffer[][] = []
    reader.readMany(messages, 0)
    expect([messages, reader.available()]).toEqual([[], 1])
  })

  it('can be thrown away unread', () => {
    const { heap, reader, write } = newDirection()
    write('value')
    reader.skip()
    expect([reader.available(), heap.usedBytes()]).toEqual([0, 0])
  })

  it('may be a block that was filled before', () => {
    const { heap, writer, reader } = newDirection()
    const ref = heap.allocate(1000, OWNER)
    heap.bytes(ref, 5).set(Buffer.from('block'))
    writer.block(ref, 5, 0)
    writer.adopt(ref, OWNER)
    writer.commit()
    expect(heap.ownerOf(ref)).toBe(NO_OWNER)
    expect(reader.read().map(String)).toEqual(['block'])
    expect(heap.usedBytes()).toBe(0)
  })

  it('is the last of many that are written in one go, up to what is not a frame', () => {
    const { heap, writer, reader } = newDirection()
    const messages = ['skipped', 'one', 'two', 'three'].map((text) => Buffer.from(text))
    expect(writer.writeMany([...messages, {}, messages[0]], 1, 1)).toBe(4)
    expect(reader.read().map(String)).toEqual(['three'])
    expect(writer.writeMany(messages, 1, 0)).toBe(4)
    expect(writer.writeMany(messages, 4, 0)).toBe(4)
    expect(reader.read().map(String)).toEqual(['three'])
    expect(heap.usedBytes()).toBe(0)
  })

  it('is the last of those that are packed, which have one frame each', () => {
    const { heap, writer, reader } = newDirection()
    const memory = new Uint8Array(Buffer.from('..\0\u0003one\0\u0003two\u0001\u0001a\0\u0001b'))
    const from = { bytes: memory, view: new DataView(memory.buffer) }
    writer.pack(from, 2, 10, 2)
    expect(reader.read().map(String)).toEqual(['two'])
    expect(() => writer.pack(from, 7, 11, 2)).toThrow(expect.objectContaining({ code: 'EINVAL' }))
    expect(reader.read().map(String)).toEqual(['two'])
    expect(heap.usedBytes()).toBe(0)
  })

  it('always finds room', () => {
    const { writer, reader, write } = newDirection()
    for (let n = 0; n < 10; n++) write('value')
    expect([writer.hasRoom(1), writer.backlog, writer.park(1)]).toEqual([true, 0, false])
    expect(reader.release(0)).toBe(false)
  })

  it('is one frame', () => {
    const { heap, writer } = newDirection()
    expect(() => writer.frame(Buffer.from('part'), record.more)).toThrow(
      expect.objectContaining({ code: 'EINVAL', message: expect.stringMatching(/single frame/) }),
    )
    expect(heap.usedBytes()).toBe(0)
  })

  it('stays when a new one finds no memory', () => {
    const { heap, writer, reader, write } = newDirection(2)
    write('old')
    const taken = heap.allocate(PAGE_BYTES, OWNER)
    expect(() => writer.frame(Buffer.alloc(PAGE_BYTES / 2), 0)).toThrow(
      expect.objectContaining({ code: 'ENOMEM' }),
    )
    writer.rollback()
    expect(reader.read().map(String)).toEqual(['old'])
    heap.free(taken, OWNER)
    expect(heap.usedBytes()).toBe(0)
  })

  it('stays when a new one is taken back before it is committed', () => {
    const { heap, writer, reader, write } = newDirection()
    writer.rollback()
    write('old')
    writer.frame(Buffer.from('new'), 0)
    writer.rollback()
    writer.rollback()
    expect(reader.read().map(String)).toEqual(['old'])
    write('newer')
    writer.rollback()
    expect(reader.read().map(String)).toEqual(['newer'])
    expect(heap.usedBytes()).toBe(0)
  })

  it('wakes a reader that has parked, once', () => {
    const { reader, write } = newDirection()
    expect(write('one')).toBe(false)
    expect(reader.park()).toBe(false)
    expect(write('two')).toBe(false)
    reader.skip()
    expect(reader.park()).toBe(true)
    expect([write('three'), write('four')]).toEqual([true, false])
  })

  it('leaves a trace for a reader that is not there yet', () => {
    const { arena, at, write } = newDirection()
    expect(arena.words[at + direction.written]).toBe(0)
    write('value')
    expect(arena.words[at + direction.written]).not.toBe(0)
  })

  it('waits for whoever frees the pipe when its reader leaves', () => {
    const { heap, at, reader, write } = newDirection()
    write('value')
    reader.leave()
    expect(heap.usedBytes()).toBeGreaterThan(0)
    const last = new LatestValueReader(heap, PIPE, at)
    last.discard()
    expect(heap.usedBytes()).toBe(0)
    last.discard()
  })
})
