import { defineActor, type ActorRef } from '@ringpost/actors'
import { blockUntil, open, type Gate } from './gates.ts'

/** Ends this host. The sockets are closed when the gate opens, and nobody has been told. */
function leave(gate: Gate): void {
  process.once('exit', () => open(gate))
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
    blockUntil('firstIsGone')
    ref.tell.hear()
    // What was told has left this thread by then.
    void Promise.resolve().then(() => leave('secondIsGone'))
  },
}))

/** Says through a gate that it stops. */
export const stopping = defineActor(import.meta.url, 'stopping', (ctx) => {
  ctx.onStop(() => open('isHeld'))
  return {}
})
