import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runExample } from './runExample.ts'

const sources = new URL('../../examples/src/', import.meta.url)
const numbered = readdirSync(sources).filter((name) => /^\d\d-.*\.ts$/.test(name))

/** What the comment at the end of an example says that it prints. */
function promisedOutput(source: string): string {
  const [, comment] = source.split('// Prints:\n//\n')
  if (comment === undefined) throw new Error('the example does not say what it prints')
  return comment.replaceAll(/^\/\/ {3}/gm, '')
}

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
