import { setImmediate as turn } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'
import { Pull, Push } from '@ringpost/core'
import { stamped } from '../support/stamped.ts'
import { Arrivals } from './arrivals.ts'
import { names } from './assignment.ts'

/** A thread that has pipes to those that end, and did not start them. */
const arrivals = new Arrivals()
const pull = new Pull()
pull.bindSync(names.bystanderPull)
const push = new Push()
push.bindSync(names.bystanderPush)

async function receive(): Promise<void> {
  for await (const message of pull) arrivals.take(message)
}

async function send(): Promise<void> {
  for (let sequence = 0; ; sequence++) {
    await push.sendMany([stamped(1, sequence, [100]), stamped(1, sequence, [20_000, 1])])
    await turn()
  }
}

/** Tells how many messages of some senders have come, once these have ended. */
async function settle(senders: readonly number[]): Promise<void> {
  // What is read last is still on its way to its loop when the socket says that there is no more.
  do await turn()
  while (pull.readable)
  await turn()
  void push.writable
  parentPort!.postMessage(senders.map((sender) => arrivals.count(sender)))
}

parentPort!.on('message', (senders: number[]) => void settle(senders))
parentPort!.postMessage([])
await Promise.all([receive(), send()])
