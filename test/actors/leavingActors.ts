import { getEnvironmentData } from 'node:worker_threads'
import { defineActor, type ActorRef } from '@ringpost/actors'

/** Words of the gates, which the program and its hosts share by this name: each is opened once. */
export const GATES = 'gates of the leaving actors'
export const gate = { isHeld: 0, firstIsGone: 1, secondIsGone: 2 } as const
export type Gate = keyof typeof gate

const gates = (): Int32Array => new Int32Array(getEnvironmentData(GATES) as SharedArrayBuffer)

function open(name: Gate): void {
  Atomics.store(gates(), gate[name], 1)
  Atomics.notify(gates(), gate[name])
}

/** Ends this host. The sockets are closed when the gate opens, and nobody has been told. */
function leave(name: Gate): void {
  process.once('exit', () => open(name))
  process.exit(1)
}

/** Its host leaves. */
export const first = defineActor(import.meta.url, 'first', () => ({
  hear: () => undefined,
  leave: () => leave('firstIsGone'),
}))

/** Tells an actor something when that one's host is gone, and leaves before anybody has told it so. */
export const second = defineActor(import.meta.url, 'second', () => ({
  tellAndLeave(ref: ActorRef<typeof first>): void {
    open('isHeld')
    Atomics.wait(gates(), gate.firstIsGone, 0)
    ref.tell.hear()
    // What was told has left this thread by then.
    void Promise.resolve().then(() => leave('secondIsGone'))
  },
}))
