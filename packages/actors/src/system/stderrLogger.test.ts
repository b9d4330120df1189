import { expect, it, vi } from 'vitest'
import { stderrLogger } from './stderrLogger.ts'

it('writes lines of JSON', () => {
  const lines: string[] = []
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((line) => {
    lines.push(String(line))
    return true
  })
  const cyclic: Record<string, unknown> = {}
  cyclic['self'] = cyclic
  stderrLogger.warn(
    { n: 1n, err: Object.assign(new TypeError('no'), { code: 'ENO' }) },
    'saw %s',
    'it',
  )
  stderrLogger.error('alone')
  stderrLogger.info(cyclic, 'kept')
  write.mockRestore()
  const time = expect.any(Number)
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      level: 40,
      time,
      n: '1',
      err: { type: 'TypeError', message: 'no', code: 'ENO', stack: expect.any(String) },
      msg: 'saw it',
    },
    { level: 50, time, msg: 'alone' },
    { level: 30, time, msg: 'kept', unwritable: expect.stringContaining('circular') },
  ])
})
