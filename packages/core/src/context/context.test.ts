import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { Context, Pull, Push, SocketError } from '../index.ts'

describe('a context', () => {
  it('is not cloned; its handle is', () => {
    const context = new Context()
    expect(() => structuredClone(context)).toThrow(
      expect.objectContaining({ name: 'DataCloneError' }),
    )
    const other = Context.from(structuredClone(context.handle))
    expect(other.handle.ringpost).toBeInstanceOf(SharedArrayBuffer)
  })

  it('forgets a socket whose options were refused', () => {
    const context = new Context({ maxSockets: 1 })
    expect(() => new Push({ context, sendHighWaterMark: -1 })).toThrow(SocketError)
    const push = new Push({ context })
    expect(() => new Push({ context })).toThrow(expect.objectContaining({ code: 'EMFILE' }))
    push.close()
  })

  it('adds up the highest marks there are', () => {
    const context = new Context()
    const largest = 2 ** 31 - 1
    const pull = new Pull({ context, receiveHighWaterMark: largest })
    const push = new Push({ context, sendHighWaterMark: largest })
    pull.bindSync('inproc://marks')
    push.connect('inproc://marks')
    push.sendManySync(Array.from({ length: 5000 }, () => 'x'))
    expect(pull.receiveManySync({ max: 5000 })).toHaveLength(5000)
    push.close()
    pull.close()
  })

  it('is cleaned up after a thread by one that has only handed it on', async () => {
    const context = new Context()
    const library = import.meta.resolve('@ringpost/core')
    const program = `
      const { workerData, parentPort } = require('node:worker_threads')
      import(workerData.library).then(({ Context, Push }) => {
        const push = new Push({ context: Context.from(workerData.handle) })
        push.connect('inproc://handed-on')
        push.sendSync('x')
        parentPort.postMessage('sent')
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
      })`
    const worker = new Worker(program, {
      eval: true,
      workerData: { library, handle: context.handle },
    })
    await new Promise((resolve) => worker.once('message', resolve))
    await worker.terminate()
    expect(context.memory.usedBytes).toBe(0)
  })
})
