import { Push } from '@ringpost/core'
import { expect, it } from 'vitest'
import { siteOf } from '../testing/site.test-support.ts'
import { connectionSettings } from './connectionSettings.ts'

const MIB = 1_048_576

it.each([
  [{}, Infinity],
  [{ maxMessageSize: 1000 }, 16 * MIB],
  [{ maxMessageSize: 2 * MIB }, 32 * MIB],
  [{ maxMultipartBytes: 2 * MIB }, 2 * MIB],
  [{ maxMessageSize: 4 * MIB, maxMultipartBytes: 2 * MIB }, 2 * MIB],
  // What lies in one chunk is not counted.
  [{ maxMultipartBytes: 0 }, 65_536],
])('with %j a message of several frames may have %i bytes', (options, bytes) => {
  const push = new Push(options)
  const { limits } = connectionSettings(siteOf(push))
  expect(limits).toEqual({ maxMessageSize: push.maxMessageSize, maxMultipartBytes: bytes })
  push.close()
})

it.each(['plainUsername', 'plainPassword'])('%s that grows as text is refused', (name) => {
  const push = new Push({ plainUsername: 'alice' })
  // Each byte is none of UTF-8, and takes three as a replacement.
  Object.assign(push, { [name]: Buffer.alloc(200, 0xff) })
  expect(() => connectionSettings(siteOf(push))).toThrow(
    expect.objectContaining({ code: 'EINVAL', message: expect.stringContaining(name) as string }),
  )
  push.close()
})
