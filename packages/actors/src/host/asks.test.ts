import { describe, expect, it } from 'vitest'
import { Answer, Asks, type Asker } from './asks.ts'
import { systemClock } from './clock.ts'
import { Timeouts } from './timeouts.ts'

const asker: Asker = { abandon: () => undefined, nameOf: () => 'it' }

const anAnswer = (host = 1): Answer => {
  const answer = new Answer(host, asker)
  answer.promise.catch(() => undefined)
  return answer
}

const noAsks = (): Asks => new Asks(new Timeouts(systemClock))

describe('Asks', () => {
  it('finds each by an id of its own, however many wait', () => {
    const asks = noAsks()
    const answers = Array.from({ length: 5000 }, () => anAnswer())
    for (const answer of answers) asks.add(answer, Infinity)
    expect(new Set(answers.map(({ id }) => id)).size).toBe(answers.length)
    expect(answers.every((answer) => asks.get(answer.id) === answer)).toBe(true)
    for (const answer of answers) expect(asks.remove(answer)).toBe(true)
    expect(asks.size).toBe(0)
    expect(asks.get(answers[0]!.id)).toBeUndefined()
    expect(asks.remove(answers[0]!)).toBe(false)
  })

  it('passes over the places of those that wait long, and uses no id twice', () => {
    const asks = noAsks()
    const patient = [1, 2, 3].map(() => anAnswer())
    for (const answer of patient) asks.add(answer, Infinity)
    const ids = new Set(patient.map(({ id }) => id))
    for (let round = 0; round < 5000; round++) {
      const answer = anAnswer()
      asks.add(answer, Infinity)
      expect(ids.has(answer.id)).toBe(false)
      ids.add(answer.id)
      asks.remove(answer)
    }
    expect(patient.every((answer) => asks.get(answer.id) === answer)).toBe(true)
  })

  it('fails those that wait for a host that is gone, and no others', async () => {
    const asks = noAsks()
    const lost = anAnswer(1)
    const other = anAnswer(2)
    for (const answer of [lost, other]) asks.add(answer, Infinity)
    asks.failAll(() => new Error('gone'), 1)
    await expect(lost.promise).rejects.toThrow('gone')
    expect(asks.get(other.id)).toBe(other)
    expect(asks.size).toBe(1)
  })

  it('lets one that fails take others along', () => {
    const asks = noAsks()
    const failed: string[] = []
    const second = anAnswer()
    const first = new (class extends Answer {
      override fail(): void {
        failed.push('first')
        asks.remove(second)
      }
    })(1, asker)
    second.fail = () => failed.push('second')
    for (const answer of [first, second]) asks.add(answer, Infinity)
    asks.failAll(() => new Error('gone'))
    expect(failed).toEqual(['first'])
  })
})
