import { describe, expect, it } from 'vitest'
import { runExample } from './runExample.ts'

const launch = (...launchArguments: string[]) => runExample('guide/launch.js', launchArguments)

/** The lines of a text, without the last line's end. */
const lines = (text: string): string[] => text.trimEnd().split('\n')

describe('version', () => {
  it('names the ZeroMQ that the sockets behave like, and Ringpost itself', async () => {
    const { stdout, exitCode } = await runExample('guide/version.js')
    expect(stdout).toMatch(
      /^Current ZeroMQ version is \d+\.\d+\.\d+ \(Ringpost \d+\.\d+\.\d+\S*\)\n$/,
    )
    expect(exitCode).toBe(0)
  })
})

describe('hello world', () => {
  it('sends ten requests, gets ten replies, and the server stops', async () => {
    const { stdout, stderr, exitCode } = await launch('hello')
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })

    const said = lines(stdout)
    // Two threads print: what one of them says may come before what the other has said earlier.
    expect(said).toContain('Connecting to the hello world server…')
    expect(said.filter((line) => line === 'Received Hello')).toHaveLength(10)
    for (let number = 0; number < 10; number++) {
      const sent = said.indexOf(`Sending Hello ${number}…`)
      expect(sent).toBeGreaterThanOrEqual(0)
      expect(said.indexOf(`Received World ${number}`)).toBeGreaterThan(sent)
    }
  })
})

describe('weather', () => {
  it('gives each client the average of its zip code', async () => {
    const { stdout, stderr, exitCode } = await launch('weather', '10001', '54321', '--updates', '3')
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })

    for (const zipCode of ['10001', '54321']) {
      const average = new RegExp(`^Average temperature for zip code ${zipCode} was (-?\\d+)F$`, 'm')
      const temperature = Number(average.exec(stdout)?.[1])
      expect(temperature).toBeGreaterThanOrEqual(-80)
      expect(temperature).toBeLessThan(135)
    }
    expect(stdout.match(/Collecting updates/g)).toHaveLength(2)
  })
})

describe('pipeline', () => {
  it('runs one batch for each number of workers', async () => {
    // So long that all together take less than one after the other on a busy machine, too.
    const batch = ['--tasks', '20', '--longest', '200']
    const { stdout, stderr, exitCode } = await launch('pipeline', '--workers', '1,2,4', ...batch)
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })

    const batches = [...stdout.matchAll(/# (\d) workers?\n(.*?)Total elapsed time: (\d+) msec/gs)]
    expect(batches.map(([, workers]) => workers)).toEqual(['1', '2', '4'])
    const rows = batches.map(([, , work, elapsed]) => ({
      results: /^[:.]+$/m.exec(work!)?.[0],
      expectedMs: Number(/Total expected cost: (\d+) msec/.exec(work!)?.[1]),
      elapsedMs: Number(elapsed),
    }))

    for (const { results, expectedMs } of rows) {
      expect(results).toBe(':.........:.........')
      // Twenty tasks of 1 to 200 ms.
      expect(expectedMs).toBeGreaterThanOrEqual(20)
      expect(expectedMs).toBeLessThanOrEqual(4000)
    }
    const [alone, , together] = rows
    // One worker does one task after the other. Four that were not all connected when the batch
    // started, or that waited for each other, would take as long.
    expect(alone!.elapsedMs).toBeGreaterThanOrEqual(alone!.expectedMs)
    expect(together!.elapsedMs).toBeLessThan(together!.expectedMs)
  })
})

describe('the launcher', () => {
  it('explains itself', async () => {
    const { stdout, exitCode } = await launch('--help')
    expect(stdout).toMatch(/^Usage: /)
    expect(exitCode).toBe(0)
  })

  it.each([
    [[], 'which example?'],
    [['nonsense'], 'no such example: nonsense'],
    [['pipeline', '--workers', 'many'], '--workers'],
    [['weather', '10001', 'abc'], '"abc" is no zip code'],
    [['weather', '123456'], '"123456" is no zip code'],
    [['hello', '--nonsense'], "Unknown option '--nonsense'"],
  ])('refuses %j', async (launchArguments, message) => {
    const { stdout, stderr, exitCode } = await launch(...launchArguments)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
    expect(stderr).toContain('Usage: ')
    expect(exitCode).toBe(2)
  })
})
