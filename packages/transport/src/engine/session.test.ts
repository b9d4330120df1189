import { SocketError } from '@ringpost/core'
import { expect, it } from 'vitest'
import { WireError } from '../errors.ts'
import { Session, type SessionEngine } from './session.ts'

/** An engine whose every part throws, and what it is told of that. */
function failing(thrown: unknown) {
  const told: Error[] = []
  const fail = (): never => {
    throw thrown
  }
  const engine: SessionEngine = {
    pipeReadable: fail,
    pipeWritable: fail,
    pipeEnded: fail,
    failed: (error) => told.push(error),
  }
  return { engine, told }
}

it.each([
  ['memory that is not there', new SocketError('ENOMEM'), 'ENOMEM'],
  ['a peer that is at fault', new WireError('FRAME_TOO_LARGE', ''), 'FRAME_TOO_LARGE'],
  ['an error of its own', new RangeError('out of bounds'), 'EFAULT'],
  ['what is no error', 'a text', 'EFAULT'],
])('an engine that throws %s is told, and nobody else', (_, thrown, code) => {
  let ends = 0
  const session = new Session(() => ends++)
  const { engine, told } = failing(thrown)
  session.join(engine)
  session.pipeReadable()
  session.pipeWritable()
  session.pipeEnded()
  expect(told.map((error) => (error as SocketError).code)).toEqual([code, code, code])
  expect(ends).toBe(1)
  if (code === 'EFAULT') expect(told[0]!.cause).toBe(thrown)
})
