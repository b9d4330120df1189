/**
 * The memory of idle pipes: half of the sockets are PUSH, half PULL, each connected to every one of the
 * other half. Prints the growth of the arena's used bytes and of the resident memory.
 */
import { context, Pull, Push } from '@ringpost/core'

export interface IdlePipesOptions {
  /** A square number. */
  readonly pipes: number
}

const { pipes } = JSON.parse(process.argv[2] ?? '{}') as IdlePipesOptions
const side = Math.sqrt(pipes)

function residentBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss()
}

// One pipe first, so that code and tables which every program has are not counted as memory of pipes.
new Pull().bindSync('inproc://first')
new Push().connect('inproc://first')
const residentBefore = residentBytes()
const usedBefore = context.memory.usedBytes

const pulls = Array.from({ length: side }, (_, n) => {
  const pull = new Pull()
  pull.bindSync(`inproc://${n}`)
  return pull
})
const pushes = pulls.map(() => {
  const push = new Push()
  for (let n = 0; n < side; n++) push.connect(`inproc://${n}`)
  return push
})
// A bound socket takes up its new pipes when it is next asked something.
if (pulls.some((pull) => pull.readable)) throw new Error('an idle pipe holds a message')

const sample = {
  pipes,
  residentBytes: residentBytes() - residentBefore,
  usedBytes: context.memory.usedBytes - usedBefore,
}
for (const socket of [...pulls, ...pushes]) socket.close()
console.log(JSON.stringify(sample))
process.exit()
