import * as layout from '../memory/layout.ts'
import { loadStepwise } from './stepwise.test-support.ts'

/** Looks before a sleep change nothing but the time it takes. */
class NoSpin {
  until(): boolean {
    return false
  }
}

/** Time does not pass. */
class NoTurn {
  begin(): void {}

  isOver(): boolean {
    return false
  }
}

interface Core {
  'memory/raise.ts': typeof import('../memory/raise.ts')
  'memory/threadTable.ts': typeof import('../memory/threadTable.ts')
  'memory/heap.ts': typeof import('../memory/heap.ts')
  'memory/pipeTable.ts': typeof import('../memory/pipeTable.ts')
  'memory/mailboxTable.ts': typeof import('../memory/mailboxTable.ts')
  'memory/endpointTable.ts': typeof import('../memory/endpointTable.ts')
  'ring/ringWriter.ts': typeof import('../ring/ringWriter.ts')
  'ring/ringReader.ts': typeof import('../ring/ringReader.ts')
  'ring/latestValue.ts': typeof import('../ring/latestValue.ts')
  'ring/ring.ts': typeof import('../ring/ring.ts')
  'thread/blockLender.ts': typeof import('../thread/blockLender.ts')
  'thread/endTable.ts': typeof import('../thread/endTable.ts')
  'thread/thread.ts': typeof import('../thread/thread.ts')
  'socket/sharedFrame.ts': typeof import('../socket/sharedFrame.ts')
  'socket/sharedBatch.ts': typeof import('../socket/sharedBatch.ts')
  'socket/pipe.ts': typeof import('../socket/pipe.ts')
  'inproc/inproc.ts': typeof import('../inproc/inproc.ts')
  'thread/reaper.ts': typeof import('../thread/reaper.ts')
}

/** Each of these imports only what stands before it. */
const files = [
  'memory/raise.ts',
  'memory/threadTable.ts',
  'memory/heap.ts',
  'memory/pipeTable.ts',
  'memory/mailboxTable.ts',
  'memory/endpointTable.ts',
  'ring/ringWriter.ts',
  'ring/ringReader.ts',
  'ring/latestValue.ts',
  'ring/ring.ts',
  'thread/blockLender.ts',
  'thread/endTable.ts',
  'thread/thread.ts',
  'socket/sharedFrame.ts',
  'socket/sharedBatch.ts',
  'socket/pipe.ts',
  'inproc/inproc.ts',
  'thread/reaper.ts',
] as const satisfies readonly (keyof Core)[]

/** Entries of the endpoint table: a reaper looks at each of them. */
const ENDPOINTS = 8

const modules = await loadStepwise<Core>(files, {
  'thread/spin.ts': { Spin: NoSpin },
  'thread/turn.ts': { Turn: NoTurn },
  'memory/layout.ts': { ...layout, MAX_ENDPOINTS: ENDPOINTS },
})

/** The library's own code, which stops before every access to shared memory. */
export const core = {
  ...modules['memory/heap.ts'],
  ...modules['memory/threadTable.ts'],
  ...modules['memory/pipeTable.ts'],
  ...modules['memory/mailboxTable.ts'],
  ...modules['memory/endpointTable.ts'],
  ...modules['ring/ringWriter.ts'],
  ...modules['ring/ringReader.ts'],
  ...modules['ring/latestValue.ts'],
  ...modules['ring/ring.ts'],
  ...modules['thread/thread.ts'],
  ...modules['socket/pipe.ts'],
  ...modules['inproc/inproc.ts'],
  ...modules['thread/reaper.ts'],
}
