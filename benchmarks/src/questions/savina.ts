import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { planErlangOn } from '../harness/erlangPrograms.ts'
import { numberOf, type Plan, type Question, type Subject } from '../harness/question.ts'

const conditions = [
  { name: 'pingpong', title: 'ping-pong: 40,000' },
  { name: 'count', title: 'count: 1,000,000' },
  { name: 'fjthrput', title: 'fork-join throughput: 60 actors, 10,000 messages each' },
  { name: 'fjcreate', title: 'fork-join create: 40,000 actors' },
  { name: 'threadring', title: 'thread ring: 100 actors, 100,000 hops' },
  { name: 'chameneos', title: 'chameneos: 100, 200,000 meetings' },
  { name: 'big', title: 'big: 120 actors, 20,000 pings each' },
  { name: 'bndbuffer', title: 'bounded buffer: 50; 40 producers, 40 consumers, 1,000 items each' },
  { name: 'banking', title: 'banking: 1,000 accounts, 50,000 transfers' },
  { name: 'nqueenk', title: 'n-queens: 12; 20 workers' },
  { name: 'trapezoid', title: 'trapezoid: 10,000,000 pieces, 100 workers' },
  { name: 'recmatmul', title: 'matrix multiply: 1,024 × 1,024, 20 workers' },
] as const

const ERLANG: readonly string[] = ['pingpong', 'count', 'fjthrput', 'fjcreate', 'threadring']
const CORES = availableParallelism()

const main = fileURLToPath(new URL('../../savina/dist/main.js', import.meta.url))

function planProgram(program: string, hosts: number, isSmall: boolean): Plan {
  const options = JSON.stringify({ program, hosts, isSmall })
  return { executable: process.execPath, arguments: [main, options] }
}

const ringpost = (name: string, hosts: number): Subject => ({
  name,
  plan: (condition, isQuick) => planProgram(condition, hosts, isQuick),
})

const erlang: Subject = {
  name: 'Erlang',
  plan: (condition, isQuick) =>
    ERLANG.includes(condition)
      ? planErlangOn(CORES, 'savina', condition, isQuick ? 'small' : 'whole')
      : undefined,
}

const oneHost = 'one host'
const allHosts = 'a host for each core'

export const savina: Question = {
  name: 'savina',
  title: 'Savina: programs of a suite for actors',
  method: [
    'The time from the first spawn to the last stop, with the parameters of the suite; each program checks',
    'its own result. The last three compute, the others mostly talk. Erlang has a scheduler for each core,',
    'and places its processes by itself. What differs from the suite is said in the sources.',
  ].join('\n'),
  unit: 'ms',
  isHigherBetter: false,
  areRowsConditions: true,
  conditions,
  subjects: [erlang, ringpost(oneHost, 1), ringpost(allHosts, CORES)],
  ratios: [
    { against: 'Erlang', theirs: ['Erlang'], ours: [oneHost, allHosts] },
    { against: oneHost, theirs: [oneHost], ours: [allHosts] },
  ],
  targets: [],
  read: (sample) => numberOf(sample, 'milliseconds'),
}
