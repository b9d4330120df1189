import { randomUUID } from 'node:crypto'
import { Context } from '@ringpost/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { kind, type Envelope } from './envelope.ts'
import { lane, SocketMesh } from './mesh.ts'

const parcel = (body: unknown) => ({
  kind: kind.tell,
  slot: 1,
  generation: 1,
  id: 0,
  deadline: Infinity,
  method: 'take',
  body,
})

/** Hosts that share a context, by number. */
function hosts() {
  const context = new Context()
  const system = randomUUID()
  const begin = (number: number): SocketMesh => {
    const mesh = new SocketMesh(system, number, context, {})
    onTestFinished(() => mesh.close())
    return mesh
  }
  return { context, begin }
}

/** Settles with the first message that comes. */
const firstOf = (mesh: SocketMesh): Promise<unknown> =>
  new Promise((resolve) =>
    mesh.open(({ body }: Envelope) => resolve(body), {
      expectRun: () => undefined,
      run: () => true,
    }),
  )

describe('a mesh that is closed', () => {
  it.each([lane.users, lane.system])(
    'leaves nothing in shared memory for a host that is not there: %s',
    (way) => {
      const { context, begin } = hosts()
      const mesh = begin(1)
      const before = context.memory.usedBytes
      mesh.post(2, way, parcel(['lost']))
      mesh.flush()
      expect(context.memory.usedBytes).toBeGreaterThan(before)
      mesh.close()
      expect(context.memory.usedBytes).toBe(before)
    },
  )

  it('has said what it was to say to a host that is there', async () => {
    const { begin } = hosts()
    const heard = firstOf(begin(2))
    const mesh = begin(1)
    mesh.post(2, lane.users, parcel(['last words']))
    mesh.close()
    expect(await heard).toEqual(['last words'])
  })
})
