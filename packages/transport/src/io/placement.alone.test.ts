import { Context, Pull } from '@ringpost/core'
import { describe, expect, it, vi } from 'vitest'
import './placement.ts'

/** What the name service was asked, for the test to answer. */
interface Question {
  readonly answer: (found: readonly { address: string; family: number }[]) => void
  readonly fail: (error: Error) => void
}

let ask: (question: Question) => void
const question = (): Promise<Question> => new Promise((resolve) => (ask = resolve))

vi.mock('node:dns/promises', () => ({
  lookup: () => new Promise((answer, fail) => ask({ answer, fail })),
}))

describe.each([0, 1])('with %d threads for I/O', (ioThreads) => {
  it.each<[string, (late: Question) => void]>([
    ['an answer', ({ answer }) => answer([{ address: '127.0.0.1', family: 4 }])],
    ['a failure', ({ fail }) => fail(new Error('nobody knows'))],
  ])('a socket that is closed does not wait for %s of the name service', async (_, settle) => {
    const pull = new Pull({ context: new Context({ ioThreads }) })
    const { events } = pull
    const asked = question()
    const binding = pull.bind('tcp://somewhere:*')
    const late = await asked
    pull.close()
    await expect(binding).rejects.toMatchObject({ code: 'EAGAIN', address: 'tcp://somewhere:*' })
    expect(pull.closed).toBe(true)
    settle(late)
    expect(await events.receive()).toMatchObject({ type: 'bind:error', error: { code: 'EAGAIN' } })
    expect(await events.receive()).toEqual({ type: 'end' })
  })

  it('a socket that is closed before the name service is asked does not wait for it', async () => {
    const pull = new Pull({ context: new Context({ ioThreads }) })
    const asked = question()
    const binding = pull.bind('tcp://somewhere:*')
    pull.close()
    await expect(binding).rejects.toMatchObject({ code: 'EAGAIN' })
    expect(pull.closed).toBe(true)
    const { fail } = await asked
    fail(new Error('nobody knows'))
  })

  it('a bind does not wait for the name service when its context is shut down', async () => {
    const context = new Context({ ioThreads })
    const pull = new Pull({ context })
    const asked = question()
    const binding = pull.bind('tcp://somewhere:*')
    const { fail } = await asked
    context.shutdown()
    await expect(binding).rejects.toMatchObject({ code: 'ETERM' })
    fail(new Error('nobody knows'))
    pull.close()
  })
})
