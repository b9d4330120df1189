import { describe, expect, it } from 'vitest'
import { deferred } from '../testing/hosts.test-support.ts'
import { importModule, whenImported } from './importModule.ts'

/** A module that waits at its top level for what is called so. */
const waitingFor = (name: string): string =>
  `data:text/javascript,await globalThis[${JSON.stringify(name)}]`

describe('a thread that imports', () => {
  it.each(['is there', 'has failed'])('has done so when the module %s', async (how) => {
    const name = `${import.meta.url} ${how}`
    const gate = deferred<Promise<void> | undefined>()
    Object.assign(globalThis, { [name]: gate.promise })
    const imported = importModule(waitingFor(name), 'a test').catch(() => undefined)
    let isOver = false
    const over = whenImported().then(() => (isOver = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(isOver).toBe(false)
    gate.resolve(how === 'has failed' ? Promise.reject(new Error('fails')) : undefined)
    await imported
    await over
  })

  it('has nothing to wait for when it imports nothing', async () => {
    await expect(whenImported()).resolves.toBeUndefined()
  })
})
