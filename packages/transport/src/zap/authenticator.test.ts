import { Context, Push } from '@ringpost/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { siteOf } from '../testing/site.test-support.ts'
import { Authenticator } from './authenticator.ts'
import { zapAuthenticator } from './zapClient.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

it('refuses a peer about whom is not decided in time, and others go on', async () => {
  const context = new Context()
  let asked!: () => void
  const isAsked = new Promise<void>((resolve) => (asked = resolve))
  const errors: Error[] = []
  const authenticator = new Authenticator({
    context,
    plain: (username) => {
      if (username === 'alice') return true
      asked()
      return new Promise(() => undefined)
    },
    onError: (error) => errors.push(error),
  })
  const push = new Push({ context })
  const ask = zapAuthenticator(siteOf(push), true)('127.0.0.1')
  const { signal } = new AbortController()
  const verdictOn = async (username: string) =>
    ask({ mechanism: 'PLAIN', credentials: [Buffer.from(username), Buffer.from('')], signal })
  const verdict = verdictOn('bob')
  await isAsked
  vi.advanceTimersByTime(30_000)
  expect(await verdict).toMatchObject({ accepted: false, status: 500 })
  expect(errors.map(({ message }) => message)).toEqual(['no decision about a peer in 30000 ms'])
  expect(await verdictOn('alice')).toMatchObject({ accepted: true })
  push.close()
  authenticator.close()
})
