import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../support/freeEndpoints.ts'
import { Programs, type Library, type Program } from './dropIn/libraries.ts'

const libraries: Library[] = ['zeromq.js', 'Ringpost']
/** The same programs, once as they are and once with the other specifier. */
let programs: Record<Library, Programs>
const running: Program[] = []

beforeAll(() => {
  programs = { 'zeromq.js': new Programs('zeromq.js'), Ringpost: new Programs('Ringpost') }
})

afterEach(async () => {
  for (const program of running.splice(0)) await program.stop()
})

afterAll(() => {
  for (const library of libraries) programs[library].remove()
})

function start(library: Library, file: string, ...programArguments: string[]): Program {
  const program = programs[library].start(file, ...programArguments)
  running.push(program)
  return program
}

const anywhere = 'tcp://127.0.0.1:*'
const pairs = libraries.flatMap((there) => libraries.map((here) => [there, here] as const))

describe.each(pairs)(
  'programs, those that bind with %s and those that connect with %s',
  (there, here) => {
    it('push and pull', async () => {
      const producer = start(there, 'producer.js', anywhere)
      const worker = start(here, 'worker.js', await producer.line())
      expect(await worker.lines(3)).toEqual(
        Array.from({ length: 3 }, () => 'done: a piece of work'),
      )
    })

    it('publish and subscribe', async () => {
      const publisher = start(there, 'publisher.js', anywhere)
      const subscriber = start(here, 'subscriber.js', await publisher.line())
      expect(await subscriber.lines(2)).toEqual(['cats, large: roar', 'cats, large: roar'])
    })

    it('request and reply', async () => {
      const server = start(there, 'server.js', anywhere)
      const client = start(here, 'client.js', await server.line())
      expect(await client.rest()).toEqual({ lines: ['8'], errors: '', exitCode: 0 })
    })
  },
)

/** What programs that are a whole print, with either library. */
const outputs: Record<string, string[]> = {
  'queue.js': ['first is answered', 'second is answered', 'true'],
  'threads.cjs': ['338350'],
  'evaluated.cjs': ['hello'],
  'subclass.cjs': ['30000 456', '1000'],
  'events.js': [
    'true',
    'connect:delay',
    'connect',
    'handshake',
    'accept at true,handshake at true',
  ],
  'failures.js': [
    ...[
      '127.0.0.1:port: EADDRINUSE 98 Address already in use',
      '192.0.2.1:port: EADDRNOTAVAIL 99 Cannot assign requested address',
      'nosuch0:port: ENODEV 19 No such device',
      '127.0.0.1: EINVAL 22 Invalid argument',
      '/nowhere/at/all: ENOENT 2 No such endpoint',
      '127.0.0.1:port/path: EADDRINUSE 98 Address already in use',
    ].flatMap((failure) => ['rejects', `bind:error at ${failure}`]),
    ...[
      'EPIPE 32 Broken pipe',
      'EPIPE 32 Broken pipe',
      'ECONNRESET 104 Connection reset by peer',
      'ECONNRESET 104 Connection reset by peer',
    ].map((failure) => `handshake:error:other at tcp://127.0.0.1:port: ${failure}`),
  ],
  'types.js': [
    '4.3.5 40 true 2',
    'a in 5',
    '5 null null false',
    '4 true',
    'one',
    "[ 'two,2,2,2,' ]",
  ],
}

describe.each(libraries)('a program with %s', (library) => {
  it.each(Object.entries(outputs))('%s prints the same', async (file, lines) => {
    const { errors, ...rest } = await start(library, file).rest()
    expect(rest).toEqual({ lines, exitCode: 0 })
    // zeromq.js warns of its draft module.
    if (library === 'Ringpost') expect(errors).toBe('')
  })

  it('unbinds by what it has bound, if that is no wildcard', async () => {
    const program = start(library, 'unbinding.js', String(await freePort()))
    expect(await program.rest()).toEqual({
      lines: [
        'tcp://127.0.0.1:port by tcp://127.0.0.1:port: taken',
        'tcp://localhost:port by tcp://localhost:port: taken',
        'tcp://localhost:port by tcp://127.0.0.1:port: taken',
        'tcp://lo:port by tcp://127.0.0.1:port: taken',
        'tcp://*:port by tcp://0.0.0.0:port: taken',
        'tcp://*:port by tcp://*:port: ENOENT No such endpoint',
        'tcp://127.0.0.1:* by tcp://127.0.0.1:*: ENOENT No such endpoint',
        'tcp://lo:0 by tcp://lo:0: ENOENT No such endpoint',
        'ws://127.0.0.1:*/a by ws://127.0.0.1:*/a: ENOENT No such endpoint',
        'ipc://* by ipc://*: ENOENT No such endpoint',
      ],
      errors: '',
      exitCode: 0,
    })
  })
})
