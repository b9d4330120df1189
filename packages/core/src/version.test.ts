import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { capability, ringpostVersion, version } from './version.ts'

const { version: released } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string }

describe('versions', () => {
  it('say the release that the package is', () => {
    expect(ringpostVersion).toBe(released)
  })

  it('say which libzmq this behaves like, in a form that can be compared', () => {
    expect(version).toMatch(/^4\.3\.\d+$/)
  })
})

describe('capability', () => {
  it('has the newer types and no wire', () => {
    const offered = Object.entries(capability).filter(([, isOffered]) => isOffered)
    expect(offered).toEqual([['draft', true]])
  })

  it('cannot be changed', () => {
    expect(() => Object.assign(capability, { ipc: true })).toThrow(TypeError)
  })
})
