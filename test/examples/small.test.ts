import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { promisedOutput } from './promisedOutput.ts'
import { runExample } from './runExample.ts'

const sources = new URL('../../examples/src/', import.meta.url)
const numbered = readdirSync(sources).filter((name) => /^\d\d-.*\.ts$/.test(name))

describe('the numbered examples', () => {
  it('are there', () => {
    expect(numbered).toContain('01-push-pull.ts')
  })

  it.each(numbered)('%s prints what it says', async (name) => {
    const run = await runExample(name.replace('.ts', '.js'))
    const promised = promisedOutput(readFileSync(new URL(name, sources), 'utf8'))
    expect(run).toEqual({ stdout: promised, stderr: '', exitCode: 0 })
  })
})
