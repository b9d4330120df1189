import { EndpointTable } from '../memory/endpointTable.ts'
import { ownedByThread, PipeState } from '../memory/layout.ts'
import type { Side } from '../memory/pipeTable.ts'
import type { Thread } from './thread.ts'

/**
 * Cleans up after threads that have ended without leaving: a terminated thread runs no handler of
 * its own, so the one that started it sees its exit and does this, for it and all its descendants.
 *
 * Every step may be repeated from the start: when the reaping thread is terminated itself, the one
 * that reaps it finds the same slots again.
 */
export function reapThreads(self: Thread, threadId: number): void {
  const slots = self.table.descendants(threadId)
  if (slots.length === 0) return
  for (const slot of slots) self.table.beginReaping(slot)
  for (const slot of slots) reap(self, slot)
  for (const slot of slots) self.table.release(slot)
  self.table.alarm()
}

function reap(self: Thread, slot: number): void {
  // Names first: who connects from now on does not find the dead thread, and who has found it
  // looks at the name again after it has put its pipe where the next step sees it.
  const toFree = new Set<number>()
  new EndpointTable(self.arena, self.slot).reap(
    slot,
    (pipe, generation) => {
      if (abandon(self, pipe, generation)) toFree.add(pipe)
    },
    // Nobody looks at the clock any more for those that linger for a time.
    (pipe, generation) => {
      if (self.pipes.claimLingering(pipe, generation)) toFree.add(pipe)
    },
  )
  const high = self.pipes.high
  for (let id = 0; id < high; id++) {
    if (self.pipes.isMadeBy(id, slot) || closeSides(self, id, slot)) toFree.add(id)
  }
  const owners = [...toFree].map((id) => self.pipes.ownerOf(id))
  self.heap.reap(slot, new Set([ownedByThread(slot), ...owners]))
  for (const id of toFree) self.pipes.release(id)
}

/**
 * A pipe that the dead thread was attaching will never have its other side. Once it is attached, that
 * side is its socket's, which may be another thread's and have accepted it. True when the pipe has to
 * be freed.
 */
function abandon(self: Thread, pipe: number, generation: number): boolean {
  const { pipes } = self
  if (pipes.generationOf(pipe) !== generation) return false
  return (pipes.stateOf(pipe) & PipeState.attached) === 0 && self.closeSide(pipe, 1, true)
}

/** Closes the sides of a pipe that belonged to a dead thread; true when it has to be freed. */
function closeSides(self: Thread, id: number, slot: number): boolean {
  if ((self.pipes.stateOf(id) & PipeState.open) === 0) return false
  let isLast = false
  for (const which of [0, 1] as Side[]) {
    if (self.pipes.threadOf(id, which) !== slot) continue
    if (self.closeSide(id, which, true)) isLast = true
    // It had closed last and died before the pipe was freed.
    if ((self.pipes.stateOf(id) & PipeState.freeing[which]) !== 0) isLast = true
  }
  return isLast
}
