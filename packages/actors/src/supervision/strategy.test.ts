import { describe, expect, it } from 'vitest'
import { defaultPolicy, policyOf, type Directive, type During } from './options.ts'
import { concerned, directiveFor } from './strategy.ts'

const child = (during: During) => ({ name: 'a', path: '/a', during })

describe('concerned', () => {
  const children = ['a', 'b', 'c']

  it('is the child alone, all children, or those that came after it', () => {
    expect(concerned('one-for-one', children, 'b')).toEqual(['b'])
    expect(concerned('one-for-all', children, 'b')).toEqual(['a', 'b', 'c'])
    expect(concerned('rest-for-one', children, 'b')).toEqual(['b', 'c'])
  })
})

describe('directiveFor', () => {
  it('restarts, unless an asker has the error', () => {
    const directives = (['message', 'start', 'link', 'child', 'host', 'ask'] as const).map(
      (during) => directiveFor(defaultPolicy, new Error('x'), child(during)),
    )
    expect(directives).toEqual(['restart', 'restart', 'restart', 'restart', 'restart', 'resume'])
  })

  it('is what decide says of the error and the child', () => {
    const seen: unknown[] = []
    const decide = (error: unknown, failed: unknown): Directive => {
      seen.push(error, failed)
      return 'stop'
    }
    expect(directiveFor(policyOf({ decide }), 'wrong', child('message'))).toBe('stop')
    expect(seen).toEqual(['wrong', child('message')])
  })

  it('is the default where decide says nothing', () => {
    const policy = policyOf({ decide: () => undefined })
    expect(directiveFor(policy, 'wrong', child('message'))).toBe('restart')
    expect(directiveFor(policy, 'wrong', child('ask'))).toBe('resume')
  })

  it('restarts what cannot go on', () => {
    const policy = policyOf({ decide: () => 'resume' })
    expect(directiveFor(policy, 'wrong', child('start'))).toBe('restart')
    expect(directiveFor(policy, 'wrong', child('host'))).toBe('restart')
    expect(directiveFor(policy, 'wrong', child('message'))).toBe('resume')
  })
})

describe('policyOf', () => {
  it('has defaults', () => {
    expect(policyOf({})).toEqual(defaultPolicy)
    expect(policyOf({ backoff: { firstMs: 5 } }).backoff).toEqual({
      ...defaultPolicy.backoff,
      firstMs: 5,
    })
  })

  it.each([
    { strategy: 'all' as never },
    { decide: 'stop' as never },
    { exceeded: 'resume' as never },
    { maxRestarts: -1 },
    { withinMs: NaN },
    { backoff: { factor: 0.5 } },
    { backoff: { jitter: 2 } },
    { backoff: { firstMs: '1' as never } },
  ])('refuses %j', (options) => {
    expect(() => policyOf(options)).toThrow(expect.objectContaining({ code: 'EINVAL' }))
  })
})
