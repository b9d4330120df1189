import { planNative } from '../harness/nativePrograms.ts'
import { planNode } from '../harness/nodeProgram.ts'
import { mostOpenFiles } from '../harness/openFiles.ts'
import {
  numberOf,
  type Command,
  type Plan,
  type Question,
  type Subject,
} from '../harness/question.ts'
import type {
  ConnectionsOptions,
  ServerOptions,
} from '../subjects/connections/connectionsSubject.ts'

const CONNECTIONS = 10_000
/** Of a process beside its connections: more than enough. */
const OTHER_FILES = 200
const MOST_KILOBYTES = 20

function measured(name: string, server: () => Plan): Subject {
  return {
    name,
    plan() {
      const limit = mostOpenFiles()
      if (limit < CONNECTIONS + OTHER_FILES) {
        return { missing: `not measured: ulimit -n is ${limit}, and cannot be raised from here` }
      }
      const program = server()
      if ('missing' in program) return program
      return planNode('connections/host.js', {
        connections: CONNECTIONS,
        server: [program.executable, ...program.arguments],
      } satisfies ConnectionsOptions)
    },
  }
}

function node(subject: string, ioThreads = 0): Command {
  const options = { subject, connections: CONNECTIONS, ioThreads } satisfies ServerOptions
  return planNode('connections/server.js', options)
}

const ringpost = ['Ringpost, own loop', 'Ringpost, I/O thread']

export const connections: Question = {
  name: 'connections',
  title: 'Memory: 10,000 tcp connections to one socket',
  method: [
    'One ROUTER in one process; the clients are bare sockets in another, which say what REQ sockets do.',
    '"Connected": all handshakes are over and nothing was sent. "Served": each client has sent 16 bytes',
    'and got them back. Resident memory of the process with the ROUTER since it was bound, divided by',
    'the number of connections; garbage that V8 has not collected counts. "net.Socket" says by heart',
    'what a ROUTER would: what Node itself takes.',
  ].join('\n'),
  unit: 'KB per connection',
  isHigherBetter: false,
  areReadings: true,
  conditions: [
    { name: 'connectedBytes', title: 'connected' },
    { name: 'servedBytes', title: 'served' },
  ],
  subjects: [
    measured('libzmq', () => planNative('connections', { connections: CONNECTIONS })),
    measured('zeromq.js', () => node('zeromq')),
    measured('net.Socket', () => node('netSocket')),
    measured(ringpost[0]!, () => node('ringpost')),
    measured(ringpost[1]!, () => node('ringpost', 1)),
  ],
  ratios: [{ against: 'libzmq', theirs: ['libzmq'], ours: ringpost }],
  targets: ringpost.map((name) => ({
    title: name,
    ours: [name],
    conditions: ['connectedBytes', 'servedBytes'],
    atMost: MOST_KILOBYTES,
  })),
  read: (sample, reading) => numberOf(sample, reading) / numberOf(sample, 'connections') / 1e3,
}
