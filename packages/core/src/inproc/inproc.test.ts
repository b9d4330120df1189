import { describe, expect, it } from 'vitest'
import { smallArena } from '../memory/smallArena.test-support.ts'
import { ThreadTable } from '../memory/threadTable.ts'
import { socketTypeId } from '../socket/optionDefinition.ts'
import type { Pipe, PipeOwner, PipeSettings } from '../socket/pipe.ts'
import { Thread } from '../thread/thread.ts'
import { Inproc } from './inproc.ts'

const NAME = 'name'

const owner: PipeOwner = {
  pipeAttached: () => undefined,
  pipeReadable: () => undefined,
  pipeWritable: () => undefined,
  pipeEnded: () => undefined,
}

const settings = (socketId: number, routingId: string): PipeSettings => ({
  socketId,
  socketType: socketTypeId.Dealer,
  sendHighWaterMark: 10,
  receiveHighWaterMark: 10,
  routingId: Buffer.from(routingId),
  isConflating: false,
})

/** Does something just before the next socket is attached to the end of a pipe. */
function beforeAttaching({ pipes }: Thread, act: () => void): void {
  const setSide = pipes.setSide.bind(pipes)
  pipes.setSide = (...given) => {
    if (given[1] === 1) {
      pipes.setSide = setSide
      act()
    }
    setSide(...given)
  }
}

describe('a connection to a name that is unbound at the same moment', () => {
  it.each(['second', ''])(
    'is attached to the next who binds it, "%s", and nothing is left of the first',
    (next) => {
      const arena = smallArena(4)
      const thread = new Thread(arena, new ThreadTable(arena).claim(100, -1), () => false)
      const inproc = new Inproc(thread)
      const accepted: Pipe[] = []
      const bind = (socketId: number, routingId: string) =>
        inproc.bind(NAME, settings(socketId, routingId), owner, (pipe) => accepted.push(pipe))
      const first = bind(1, 'first')
      beforeAttaching(thread, () => inproc.unbind(first))
      const pipe = inproc.connect(NAME, settings(2, 'connecting'), owner)
      expect([pipe.isPending, accepted]).toEqual([true, []])
      bind(3, next)
      thread.poll()
      expect([pipe.isPending, String(pipe.peerRoutingId)]).toEqual([false, next])
      expect(accepted.map((end) => String(end.peerRoutingId))).toEqual(['connecting'])
      for (const end of [pipe, ...accepted]) end.close()
      expect(thread.heap.usedBytes()).toBe(0)
    },
  )
})
