import { describe, expect, it } from 'vitest'
import { RoutingIdTable, type NamedPipe } from './routingIdTable.ts'

const pipe = (): NamedPipe => ({ routingId: undefined })

describe('a table of routing ids', () => {
  it('finds pipes by the bytes of their names, in whatever array they come', () => {
    const table = new RoutingIdTable<NamedPipe>()
    const [anna, bert] = [pipe(), pipe()]
    table.add(anna, Buffer.from('anna'))
    table.add(bert, Buffer.from([0xff, 0x00, 0xc3]))
    expect(table.find(new Uint8Array(Buffer.from('anna')))).toBe(anna)
    expect(table.find(Uint8Array.of(1, 0xff, 0x00, 0xc3).subarray(1))).toBe(bert)
    expect(table.find(Buffer.from('ann'))).toBe(undefined)
    expect(table.find(Buffer.alloc(0))).toBe(undefined)
    expect([...table.values()]).toEqual([anna, bert])
  })

  it('tells names of the form it invents from each other and from texts', () => {
    const table = new RoutingIdTable<NamedPipe>()
    const names = [
      [0, 0, 0, 0, 1],
      [0, 1, 0, 0, 0],
      [0, 0xff, 0xff, 0xff, 0xff],
      [1, 0, 0, 0, 1],
      [2, 0, 0, 0, 1],
      [0, 0, 0, 1],
      [0, 0, 0, 0, 1, 0],
      [0, 0, 0, 0, 1, 1],
      [...Buffer.from('1')],
    ].map((bytes) => Buffer.from(bytes))
    const pipes = names.map((name) => {
      const named = pipe()
      table.add(named, name)
      return named
    })
    for (const [index, name] of names.entries()) expect(table.find(name)).toBe(pipes[index])
  })

  it('invents names of five bytes that nobody has', () => {
    const table = new RoutingIdTable<NamedPipe>()
    const first = table.invent()
    expect([first.length, first[0]]).toEqual([5, 0])
    const next = Buffer.from(first)
    next.writeUInt32BE((first.readUInt32BE(1) + 1) >>> 0, 1)
    table.add(pipe(), next)
    const second = table.invent()
    expect(second.readUInt32BE(1)).toBe((first.readUInt32BE(1) + 2) >>> 0)
  })

  it('begins with another name each time, so that a peer that is gone is not taken for a new one', () => {
    const firsts = Array.from({ length: 8 }, () => new RoutingIdTable().invent().toString('hex'))
    expect(new Set(firsts).size).toBeGreaterThan(1)
  })

  it('gives a name to the pipe that it is added with last', () => {
    const table = new RoutingIdTable<NamedPipe>()
    const [old, young] = [pipe(), pipe()]
    table.add(old, Buffer.from('anna'))
    table.add(young, Buffer.from('anna'))
    expect([table.has(old), table.has(young)]).toEqual([false, true])
    expect(table.remove(old)).toBe(false)
    expect(table.find(Buffer.from('anna'))).toBe(young)
    expect(table.remove(young)).toBe(true)
    expect(table.find(Buffer.from('anna'))).toBe(undefined)
  })

  it('has nothing to do with pipes without a name', () => {
    const table = new RoutingIdTable<NamedPipe>()
    expect([table.has(pipe()), table.remove(pipe())]).toEqual([false, false])
  })
})
