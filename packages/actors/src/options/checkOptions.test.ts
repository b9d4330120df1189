import { describe, expect, it } from 'vitest'
import { checkOptions, complete, group, type Kinds } from './checkOptions.ts'
import {
  abortSignal,
  flag,
  milliseconds,
  mustSecretly,
  oneOf,
  stated,
  text,
  whole,
} from './kinds.ts'

interface Options {
  width?: number
  timeoutMs?: number
  color?: string
  isOpen?: boolean
  signal?: AbortSignal
  secret?: { word: string; hint?: string }
  guard?: string
}

const kinds: Kinds<Options> = {
  width: whole(1, 9),
  timeoutMs: milliseconds(0),
  color: oneOf('red', 'green'),
  isOpen: flag,
  signal: abortSignal,
  secret: group(
    { word: mustSecretly('a word', (value) => typeof value === 'string'), hint: text },
    ['word'],
  ),
  guard: stated(text),
}

const faultOf = (given: unknown): unknown => {
  try {
    checkOptions('here', given as Options, kinds)
    return undefined
  } catch (error) {
    expect(error).toMatchObject({ name: 'ActorError', code: 'EINVAL' })
    return (error as Error).message
  }
}

describe('options', () => {
  it.for([
    {},
    { width: undefined, signal: undefined, secret: undefined },
    { width: 9, timeoutMs: Infinity, color: 'red', isOpen: false, guard: '' },
    { timeoutMs: 0.5, signal: AbortSignal.abort(), secret: { word: 'x' } },
    Object.create(null) as object,
  ])('are taken: %j', (given) => {
    expect(faultOf(given)).toBeUndefined()
  })

  it.for([
    [{ widht: 1 }, 'here: widht is no option; the nearest is width'],
    [{ timeout: 1 }, 'here: timeout is no option; the nearest is timeoutMs'],
    [{ TIMEOUTMS: 1 }, 'here: TIMEOUTMS is no option; the nearest is timeoutMs'],
    [{ secert: {} }, 'here: secert is no option; the nearest is secret'],
    [{ constructor: 1 }, /^here: constructor is no option; there are: width, timeoutMs, color/],
    [{ width: 0 }, 'here: width must be a whole number from 1 to 9, not 0'],
    [{ width: '3' }, 'here: width must be a whole number from 1 to 9, not "3"'],
    [{ timeoutMs: Number.NaN }, 'here: timeoutMs must be a number of milliseconds from 0, not NaN'],
    [{ timeoutMs: null }, 'here: timeoutMs must be a number of milliseconds from 0, not null'],
    [{ color: 'blue' }, 'here: color must be one of red, green, not "blue"'],
    [{ isOpen: () => true }, 'here: isOpen must be true or false, not a function'],
    [
      { signal: new AbortController() },
      'here: signal must be an AbortSignal (of a controller: controller.signal), not an object of AbortController',
    ],
    [{ guard: undefined }, 'here: guard is undefined: leave it out, or give a string'],
    [{ secret: {} }, 'here: secret.word is missing: it must be a word'],
    [{ secret: { word: undefined } }, 'here: secret.word is missing: it must be a word'],
    [
      { secret: { hnt: 'x', word: 'x' } },
      'here: secret.hnt is no option; the nearest is secret.hint',
    ],
    [4, /^here: its options must be an object with width, .*, not a number$/],
    [null, /not null$/],
  ] as [unknown, string | RegExp][])('are refused: %o', ([given, message]) => {
    expect(faultOf(given)).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    )
  })

  it.for([{ secret: 'hush' }, { secret: { word: ['hush'] } }])(
    'do not show what may be a secret: %j',
    (given) => {
      expect(faultOf(given)).toEqual(expect.not.stringContaining('hush'))
    },
  )

  it('leave a default where they are undefined', () => {
    const defaults = { one: 1, two: 2 }
    expect(complete<{ one: number; two: number }>(defaults, { one: 3 })).toEqual({ one: 3, two: 2 })
    expect(complete(defaults, { one: undefined } as never)).toEqual(defaults)
    expect(complete(defaults)).toEqual(defaults)
  })
})
