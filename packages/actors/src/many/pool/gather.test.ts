import { describe, expect, it } from 'vitest'
import { ActorError, markFromHandler } from '../../errors.ts'
import { unanswered } from './gather.ts'

const late = (): ActorError => new ActorError('ETIMEDOUT')
/** A handler has asked somebody else in vain: that says nothing of the time it has itself. */
const lateInside = (): ActorError => {
  const error = late()
  markFromHandler(error)
  return error
}

describe('what nobody has answered', () => {
  it('is late if all are', () => {
    const error = unanswered([late(), late()], 'work of the pool')
    expect(error).toMatchObject({ name: 'ActorError', code: 'ETIMEDOUT' })
    expect(error.message).toBe('work of the pool: no answer came in time')
  })

  it.each([
    ['nobody was there', []],
    ['one has another reason', [late(), new RangeError('no')]],
    ['one was late with something of its own', [late(), lateInside()]],
  ])('has the errors of all if %s', (_, errors) => {
    const error = unanswered(errors, 'work of the pool')
    expect(error).toBeInstanceOf(AggregateError)
    expect((error as AggregateError).errors).toEqual(errors)
  })
})
