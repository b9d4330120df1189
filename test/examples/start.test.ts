import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeSpeedUp } from '../../examples/src/start/describe.ts'
import type { Summary } from '../../examples/src/start/tally.ts'
import { runExample, type RunOptions } from './runExample.ts'

const start = (startArguments: string[], options?: RunOptions) =>
  runExample('start/main.js', startArguments, options)

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringpost-start-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Makes a folder with these files. */
function makeFolder(name: string, files: Record<string, string | Uint8Array>): string {
  const path = join(folder, name)
  mkdirSync(path)
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true })
    writeFileSync(join(path, file), content)
  }
  return path
}

/** What the report says about a field, without the commas in numbers. */
function field(report: string, name: string): string | undefined {
  return new RegExp(`^${name} +(.*)$`, 'm').exec(report)?.[1]?.replaceAll(/(?<=\d),(?=\d)/g, '')
}

describe('pnpm start', () => {
  it('counts bytes, lines and words and finds the top words', async () => {
    const path = makeFolder('small', {
      'a.txt': 'the cat and the dog\nThe END\n',
      'inside/b.txt': 'größer als Größer\nx the\n',
      'picture.bin': Buffer.from([137, 80, 0, 78, 71]),
      'a.js.map': '{"mappings":"the the the"}',
    })
    const { stdout, exitCode } = await start([path, '--workers', '2'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`2 text files in ${path}`)
    expect(field(stdout, 'Files')).toBe('2')
    expect(field(stdout, 'Bytes')).toBe('56')
    expect(field(stdout, 'Lines')).toBe('4')
    expect(field(stdout, 'Words')).toBe('11, 7 different')
    const [, topWords] = /Top words\n(.*?)\n\n/s.exec(stdout)!
    expect(topWords!.split('\n').slice(0, 3)).toEqual(['  4  the', '  2  größer', '  1  als'])
    expect(stdout).toMatch(/^1 worker +[\d.]+ s +[\d.]+ MB\/s$/m)
    expect(stdout).toMatch(/^2 workers +[\d.]+ s +[\d.]+ MB\/s$/m)
    expect(stdout).toMatch(
      /^Too short to tell a speed-up\.$|^Speed-up +[\d.]+(: one worker was faster\. .*)?$/m,
    )
    expect(stdout).toContain('Both runs found the same.')
  })

  it('counts a large file as if it read it at once, and many files whoever reads them', async () => {
    // Words, two-byte letters and line ends fall on the bounds of pieces wherever they may be.
    const large = Array.from({ length: 60_000 }, (_, n) => `wörter${'é'.repeat(n % 17)}x\n`)
      .map((word, n) => (n % 3 === 0 ? word : word.replace('\n', ' ')))
      .join('')
    const small = Object.fromEntries(
      Array.from({ length: 300 }, (_, n) => [`small/${n}.txt`, `${'abc '.repeat(n)}\n`.repeat(20)]),
    )
    const files = { 'large.txt': large, ...small }
    const path = makeFolder('large', files)
    const { stdout, stderr, exitCode } = await start([path, '--workers', '3'])
    expect(exitCode).toBe(0)

    const text = Object.values(files).join('')
    const words = text.match(/\p{L}{2,}/gu)!
    expect(field(stdout, 'Files')).toBe('301')
    expect(field(stdout, 'Bytes')).toBe(String(Buffer.byteLength(text)))
    expect(field(stdout, 'Lines')).toBe(String(text.split('\n').length - 1))
    expect(field(stdout, 'Words')).toBe(`${words.length}, ${new Set(words).size} different`)
    expect(stdout).toContain('Both runs found the same.')
    expect(stderr).toMatch(/^1 worker 100%$/m)
    expect(stderr).toMatch(/^3 workers 100%$/m)

    const again = await start([path, '--workers', '2'])
    expect(field(again.stdout, 'Checksum')).toBe(field(stdout, 'Checksum'))
  })

  it('has a checksum that covers every byte', async () => {
    const content = createHash('sha256').update('the same text').digest('hex')
    const one = await start([makeFolder('one', { a: content }), '--workers', '1'])
    const other = await start([makeFolder('other', { a: `${content} ` }), '--workers', '1'])
    expect(field(one.stdout, 'Checksum')).toMatch(/^[0-9a-f]{64}$/)
    expect(field(one.stdout, 'Checksum')).not.toBe(field(other.stdout, 'Checksum'))
  })

  it('takes no more than the limits and says so', async () => {
    const path = makeFolder('limited', { a: 'aa\n', b: 'bb\n', c: 'cc\n' })
    const { stdout, exitCode } = await start([path, '--max-files', '2', '--workers', '1'])
    expect(exitCode).toBe(0)
    expect(field(stdout, 'Files')).toBe('2')
    expect(stdout).toContain('1 more file left out')
    const all = await start([path, '--max-files', '2', '--all', '--workers', '1'])
    expect(field(all.stdout, 'Files')).toBe('3')
  })

  it('counts files that are empty', async () => {
    const path = makeFolder('with empty ones', { a: '', 'inside/b': '', c: 'c is not\n' })
    const { stdout, stderr, exitCode } = await start([path, '--workers', '2'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`3 text files in ${path}`)
    expect(field(stdout, 'Files')).toBe('3')
    expect(field(stdout, 'Bytes')).toBe('9')
    expect(stderr).toMatch(/^2 workers 100%$/m)
  })

  it('comes to its end where all files are empty', async () => {
    const path = makeFolder('nothing but empty ones', { a: '', b: '' })
    const { stdout, stderr, exitCode } = await start([path, '--workers', '2'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`2 text files in ${path}, 0.0 MB`)
    expect(field(stdout, 'Files')).toBe('2')
    expect(field(stdout, 'Bytes')).toBe('0')
    expect(field(stdout, 'Words')).toBe('0, 0 different')
    expect(stdout).toContain('Both runs found the same.')
    expect(stdout).not.toMatch(/NaN|Infinity|Top words/)
    expect(stderr).toBe('1 worker 100%\n2 workers 100%\n')
  })

  it('skips a file that cannot be read, says so, and goes on', async () => {
    const path = makeFolder('partly', { 'a.txt': 'fine\n', 'secret.txt': 'hidden\n' })
    chmodSync(join(path, 'secret.txt'), 0)
    symlinkSync('/nowhere', join(path, 'dangling'))
    const run = await start([path], { obeyPermissions: true })
    expect(run.exitCode).toBe(0)
    expect(run.stderr).toMatch(/^start: skipped: EACCES: permission denied.*secret\.txt'$/m)
    expect(field(run.stdout, 'Files')).toBe('1')
    expect(run.stdout).toContain('Skipped   1 file that could not be read')
  })

  it('tells folders that cannot be read from files', async () => {
    const files = { 'a.txt': 'fine\n', 'secret.txt': 'hidden\n', 'locked/b.txt': 'b\n' }
    const path = makeFolder('partly locked', files)
    chmodSync(join(path, 'locked'), 0)
    const run = await start([path], { obeyPermissions: true })
    expect(run.stderr).toMatch(/^start: skipped: EACCES: permission denied.*locked'$/m)
    expect(run.stdout).toContain('Skipped   1 folder that could not be read')
    chmodSync(join(path, 'secret.txt'), 0)
    const again = await start([path], { obeyPermissions: true })
    expect(again.stdout).toContain('Skipped   1 file and 1 folder that could not be read')
    chmodSync(join(path, 'locked'), 0o700)
    expect(again.exitCode).toBe(0)
  })

  it('tells the speed-up of what takes long enough', () => {
    const run = (elapsedMs: number) => ({ elapsedMs }) as Summary
    expect(describeSpeedUp(run(500), run(250))).toBe('Speed-up    2.00')
    expect(describeSpeedUp(run(499), run(250))).toBe('Too short to tell a speed-up.')
  })

  it('does not hide that many workers were slower than one', () => {
    const run = (elapsedMs: number) => ({ elapsedMs }) as Summary
    expect(describeSpeedUp(run(800), run(1000))).toMatch(/^Speed-up    0.80: one worker was faster/)
  })

  it('says where there is nothing to compare', async () => {
    const { stdout } = await start([makeFolder('alone', { a: 'a\n' }), '--workers', '1'])
    expect(stdout).toMatch(/One worker only: .*\n$/)
  })

  it('says what is wrong with a folder and goes on with the others', async () => {
    const missing = join(folder, 'missing')
    const path = makeFolder('present', { 'a.txt': 'words\n' })
    const { stdout, stderr, exitCode } = await start([missing, path, '--workers', '1'])
    expect(stderr).toContain(`start: no such folder: ${missing}`)
    expect(field(stdout, 'Files')).toBe('1')
    expect(exitCode).toBe(1)
  })

  it('does not start without anything to do', async () => {
    const empty = makeFolder('empty', {})
    const missing = join(folder, 'nowhere')
    const file = join(makeFolder('single', { 'a.txt': 'text' }), 'a.txt')
    expect(await start([empty])).toEqual({
      stdout: '',
      stderr: `start: no text files in ${empty}\n`,
      exitCode: 1,
    })
    expect(await start([missing])).toEqual({
      stdout: '',
      stderr: `start: no such folder: ${missing}\n`,
      exitCode: 1,
    })
    expect(await start([file])).toEqual({
      stdout: '',
      stderr: `start: not a folder: ${file}\n`,
      exitCode: 1,
    })
  })

  it('explains itself', async () => {
    const { stdout, exitCode } = await start(['--help'])
    expect(stdout).toMatch(/^Usage: pnpm start/)
    expect(exitCode).toBe(0)
  })

  it.each([
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['--workers', '0'], "--workers takes a whole number from 1 to 256, not '0'"],
    [['--max-files', 'some'], "--max-files takes a whole number from 1, not 'some'"],
  ])('refuses %j', async (startArguments, message) => {
    const { stdout, stderr, exitCode } = await start(startArguments)
    expect(stdout).toBe('')
    expect(stderr).toMatch(new RegExp(`^start: ${message}\n\nUsage: `))
    expect(exitCode).toBe(2)
  })
})
