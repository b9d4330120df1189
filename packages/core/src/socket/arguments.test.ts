import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Context } from '../context/context.ts'
import { Pair, Server } from './sockets.ts'

/** A socket as a caller sees it who does not heed the types. */
type Untyped = Record<string, (...given: unknown[]) => unknown>

let context: Context
let pair: Pair
let server: Server

beforeEach(() => {
  context = new Context()
  pair = new Pair({ context })
  server = new Server({ context })
})

afterEach(() => {
  pair.close()
  server.close()
})

const refusal = (message: string): TypeError => new TypeError(message)
const call = (socket: object, method: string, given: unknown[]) => (): unknown =>
  (socket as Untyped)[method]!(...given)

const withTimeout = ['receiveSync', 'receiveManySync', 'receiveSharedSync', 'receiveManySharedSync']
const withMax = ['receiveMany', 'receiveManyShared', 'receiveManySync', 'receiveManySharedSync']
const receiving = [...new Set([...withTimeout, ...withMax])]

describe('the options of a call that receives', () => {
  it.each(receiving)('%s: must be an object', (method) => {
    for (const options of [5, 'x', null, true]) {
      expect(call(pair, method, [options])).toThrow(refusal('Options must be an object'))
    }
  })

  it.each(receiving)('%s: must be known', (method) => {
    expect(call(pair, method, [{ timeuot: 1 }])).toThrow(refusal('Unknown option "timeuot"'))
  })

  it.each(receiving)('%s: are all there is', (method) => {
    const tooMany = refusal('Expected 1 argument but received 2')
    expect(call(pair, method, [{}, 1])).toThrow(tooMany)
  })

  it.each(withTimeout)('%s: the timeout must be a number', (method) => {
    expect(call(pair, method, [{ timeout: '5' }])).toThrow(refusal('Timeout must be a number'))
  })

  it.each(withMax)('%s: the most messages must be a number', (method) => {
    expect(call(pair, method, [{ max: '5' }])).toThrow(refusal('Max must be a number'))
    expect(call(pair, method, [{ max: 0 }])).toThrow(expect.objectContaining({ code: 'EINVAL' }))
  })

  it.each(['receiveMany', 'receiveManyShared'])('%s: has no timeout', (method) => {
    expect(call(pair, method, [{ timeout: 5 }])).toThrow(refusal('Unknown option "timeout"'))
  })

  it('may be left out, or be undefined', () => {
    const again = expect.objectContaining({ code: 'EAGAIN' })
    pair.receiveTimeout = 0
    for (const method of withTimeout) {
      expect(call(pair, method, [])).toThrow(again)
      expect(call(pair, method, [undefined])).toThrow(again)
      expect(call(pair, method, [{ timeout: undefined }])).toThrow(again)
    }
  })

  it('are none for receiveShared', () => {
    const tooMany = refusal('Expected 0 arguments but received 1')
    expect(call(pair, 'receiveShared', [5])).toThrow(tooMany)
  })
})

describe('the arguments of a call that sends', () => {
  it.each([
    ['send', ['a', 'b'], 'Expected 1 argument but received 2'],
    ['send', ['a', undefined, 'c'], 'Expected 1 argument but received 3'],
    ['sendSync', ['a', 'b'], 'Options must be an object'],
    ['sendSync', ['a', { timeuot: 1 }], 'Unknown option "timeuot"'],
    ['sendSync', ['a', { timeout: '1' }], 'Timeout must be a number'],
    ['sendSync', ['a', {}, 1], 'Expected 2 arguments but received 3'],
    ['sendMany', [['a'], 1], 'Expected 1 argument but received 2'],
    ['sendManySync', [['a'], 'b'], 'Options must be an object'],
    ['sendManySync', [['a'], { timeuot: 1 }], 'Unknown option "timeuot"'],
    ['sendManySync', [['a'], {}, 1], 'Expected 2 arguments but received 3'],
  ])('%s%j: %s', (method, given, message) => {
    expect(call(pair, method, given)).toThrow(refusal(message))
  })

  it.each([
    ['send', ['a', { routingId: 1 }, 1], 'Expected 2 arguments but received 3'],
    ['sendSync', ['a', null], 'Options must be an object'],
    ['sendSync', ['a', { routingId: 1, timeout: '1' }], 'Timeout must be a number'],
    ['sendSync', ['a', { routingId: 1 }, 1], 'Expected 2 arguments but received 3'],
    ['sendManySync', [[['a', { routingId: 1 }]], 'b'], 'Options must be an object'],
  ])('with a target: %s%j: %s', (method, given, message) => {
    expect(call(server, method, given)).toThrow(refusal(message))
  })
})
