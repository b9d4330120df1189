import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { promisedOutput } from './promisedOutput.ts'
import { runExample } from './runExample.ts'
import { startExample } from './startExample.ts'

const sources = new URL('../../examples/src/actors/', import.meta.url)

describe('the small programs of actors', () => {
  it.each(['counter', 'pingPong', 'flakyService'])('%s prints what it says', async (name) => {
    const run = await runExample(`actors/${name}.js`)
    const promised = promisedOutput(readFileSync(new URL(`${name}.ts`, sources), 'utf8'))
    expect(run).toEqual({ stdout: promised, stderr: '', exitCode: 0 })
  })
})

it("the Guide's pipeline gets faster with every worker", async () => {
  // So long that all together take less than one after the other on a busy machine, too.
  const { stdout, stderr, exitCode } = await runExample('actors/guide/main.js', [
    '1,4',
    '20',
    '200',
  ])
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
  const batches = [...stdout.matchAll(/# (\d) workers?\n(.*?)Total elapsed time: (\d+) msec/gs)]
  expect(batches.map(([, workers]) => workers)).toEqual(['1', '4'])
  const [alone, together] = batches.map(([, , work, elapsed]) => ({
    results: /^[:.]+$/m.exec(work!)?.[0],
    expectedMs: Number(/Total expected cost: (\d+) msec/.exec(work!)?.[1]),
    elapsedMs: Number(elapsed),
  }))
  expect(alone!.results).toBe(':.........:.........')
  expect(together!.results).toBe(':.........:.........')
  // Timers of Node end up to a millisecond early.
  expect(alone!.elapsedMs).toBeGreaterThanOrEqual(alone!.expectedMs - 20)
  expect(together!.elapsedMs).toBeLessThan(together!.expectedMs)
})

it('the workers of the farm of processes end with it, although it is killed', async () => {
  const farm = startExample('actors/farm/main.js', ['20000000', '4000'])
  await farm.says('3 workers have connected.')
  // They write to where it writes to, which ends with the last of them.
  await farm.kill()
  expect(farm.child.signalCode).toBe('SIGKILL')
})

describe('the Mandelbrot set', () => {
  it('is a picture', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ringpost-mandelbrot-'))
    try {
      const file = join(folder, 'set.png')
      const { stdout, stderr, exitCode } = await runExample('actors/mandelbrot/main.js', [
        file,
        '90',
      ])
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
      expect(stdout).toMatch(/set\.png: 90 × 60 points, \d+ workers, \d+\.\d s\n$/)

      const rows = readRows(readFileSync(file))
      expect(rows).toHaveLength(60)
      expect(new Set(rows.map((row) => row.length))).toEqual(new Set([90 * 3]))
      const point = (x: number, y: number) => [...rows[y]!.subarray(x * 3, x * 3 + 3)]
      // -0.6 is in the set, and the upper left corner is not; above and below are alike.
      expect(point(45, 30)).toEqual([0, 0, 0])
      expect(point(0, 0)).not.toEqual([0, 0, 0])
      expect(rows[1]).toEqual(rows[59])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

/** The rows of points of a PNG that is as plain as ours. */
function readRows(png: Buffer): Buffer[] {
  expect(png.toString('latin1', 0, 8)).toBe('\x89PNG\r\n\x1a\n')
  const compressed: Buffer[] = []
  let width = 0
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at)
    const name = png.toString('latin1', at + 4, at + 8)
    const data = png.subarray(at + 8, at + 8 + length)
    if (name === 'IHDR') width = data.readUInt32BE(0)
    if (name === 'IDAT') compressed.push(data)
    at += length + 12
  }
  const bytes = inflateSync(Buffer.concat(compressed))
  const stride = 1 + width * 3
  expect(bytes.length % stride).toBe(0)
  return Array.from({ length: bytes.length / stride }, (_, row) =>
    bytes.subarray(row * stride + 1, (row + 1) * stride),
  )
}
