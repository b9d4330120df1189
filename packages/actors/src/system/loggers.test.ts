import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineActor } from '../definition/definition.ts'
import type { Logger, LogLevel } from '../host/logger.ts'
import { createSystem } from './system.ts'

const writer = defineActor(import.meta.url, 'writer', (ctx) => ({
  write(level: LogLevel, message: string) {
    ctx.log[level]({ n: 1 }, message)
    return true
  },
  fail() {
    throw new Error('the reason')
  },
}))

/** What a logger was given: the method, the fields, and the message. */
type Line = [method: string, fields: Readonly<Record<string, unknown>>, message: unknown]

const loggerInto = (lines: Line[]) => {
  const method =
    (name: string) =>
    (fields: object | string, ...rest: unknown[]) =>
      void lines.push([name, fields as Line[1], rest.at(-1)])
  return {
    trace: method('trace'),
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
  }
}

const textStream = () => {
  const written: string[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(String(chunk))
      done()
    },
  })
  return { stream, text: () => written.join('') }
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a logger', () => {
  it.for([
    ['console.log', console.log],
    ['an empty object', {}],
    ['true', true],
    ['null', null],
    ['a method that is none', { ...loggerInto([]), warn: 'no' }],
    ['fatal that is none', { ...loggerInto([]), fatal: 'no' }],
  ] as const)('is not %s', async ([, logger]) => {
    await expect(createSystem({ hosts: 0, logger: logger as never })).rejects.toMatchObject({
      name: 'ActorError',
      code: 'EINVAL',
      message: expect.stringContaining('trace, debug, info, warn, error') as string,
    })
  })

  it('gets what is fatal as an error, if it has no method for it', async () => {
    const lines: Line[] = []
    const system = await createSystem({ hosts: 0, logger: loggerInto(lines) })
    const ref = await system.spawn(writer)
    await ref.ask.write('fatal', 'the end')
    await system.close()
    expect(lines).toEqual([['error', expect.objectContaining({ n: 1 }), 'the end']])
  })

  it('is called as a method of its object', async () => {
    class Log {
      readonly lines: unknown[] = []
      #add(message: unknown): void {
        this.lines.push(message)
      }
      trace(): void {}
      debug(): void {}
      info(_fields: object, _format: string, message: unknown): void {
        this.#add(message)
      }
      warn(): void {}
      error(): void {}
    }
    const log = new Log()
    const system = await createSystem({ hosts: 0, logger: log as unknown as Logger })
    const ref = await system.spawn(writer)
    await ref.ask.write('info', 'there')
    await system.close()
    expect(log.lines).toEqual(['there'])
  })

  it('may be a console: the message, and its fields behind it', async () => {
    const out = textStream()
    const errors = textStream()
    const logger = new Console(out.stream, errors.stream)
    const system = await createSystem({ hosts: 0, logger })
    const ref = await system.spawn(writer)
    await ref.ask.write('info', 'all %s')
    await ref.ask.write('trace', 'a detail')
    await ref.ask.write('fatal', 'the end')
    await system.close()
    expect(out.text()).toMatch(/^all %s \{.*n: 1.*\}$/m)
    expect(out.text()).toMatch(/^a detail \{/m)
    expect(errors.text()).toMatch(/^the end \{/m)
    expect(errors.text()).not.toContain('    at ')
  })

  it('harms nobody by what it throws: the entry goes to the error output, and a warning says so once', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const fail = () => {
      throw new Error('no disk')
    }
    const failLater = () => Promise.reject(new Error('no disk'))
    const logger = {
      trace: fail,
      debug: fail,
      info: fail,
      warn: fail,
      error: fail,
      fatal: failLater,
    }
    const system = await createSystem({ hosts: 0, logger: logger as unknown as Logger })
    const ref = await system.spawn(writer)
    ref.tell.fail()
    expect(await ref.ask.write('info', 'still here')).toBe(true)
    expect(await ref.ask.write('fatal', 'and here')).toBe(true)
    await system.close()
    const lines = write.mock.calls.map(([line]) => String(line))
    expect(lines).toEqual([
      expect.stringContaining('the reason'),
      expect.stringContaining('still here'),
      expect.stringContaining('and here'),
    ])
    expect(warn).toHaveBeenCalledOnce()
    expect(warn.mock.calls[0]![0]).toContain('logger')
  })
})
