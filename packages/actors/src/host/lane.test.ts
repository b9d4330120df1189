import { Context, Pull, SocketError, type SharedFrame } from '@ringpost/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { kind, type Envelope } from './envelope.ts'
import { FRAME_HEAD_BYTES, Lane } from './lane.ts'
import { RecordReader } from './record.ts'

const values = {}

const parcel = (body: unknown) => ({
  kind: kind.tell,
  slot: 1,
  generation: 1,
  id: 0,
  deadline: Infinity,
  method: 'take',
  body,
})

/** Takes all the memory that there is. @returns gives it back */
function fill(context: Context): () => void {
  const taken: SharedFrame[] = []
  for (let bytes = 2 ** 30; bytes >= 2 ** 16;) {
    try {
      taken.push(context.allocate(bytes))
    } catch (error) {
      if (!(error instanceof SocketError) || error.code !== 'ENOMEM') throw error
      bytes /= 2
    }
  }
  return () => {
    for (const frame of taken) frame.release()
  }
}

function pair() {
  const context = new Context()
  const pull = new Pull({ context, linger: 0 })
  pull.bindSync('inproc://lane')
  const lane = new Lane('inproc://lane', 7, context, values)
  onTestFinished(() => {
    lane.close()
    pull.close()
  })
  const receive = async (): Promise<unknown> => {
    const [frame] = await pull.receive()
    const read: Envelope[] = []
    new RecordReader(7, values).read(frame as Buffer, FRAME_HEAD_BYTES, (envelope) =>
      read.push(envelope),
    )
    return read[0]!.body
  }
  return { context, lane, receive }
}

describe('a lane without memory', () => {
  it('counts as full, and sends what it has when there is some again', async () => {
    const { context, lane, receive } = pair()
    const giveBack = fill(context)
    const body = Buffer.alloc(100_000, 1)
    lane.post(parcel([body]))
    lane.flush()
    expect(lane.isFull).toBe(true)
    lane.post(parcel(['later']))
    lane.flush()
    const room = lane.whenRoom()
    giveBack()
    await room
    expect(lane.isFull).toBe(false)
    expect(await receive()).toEqual([body])
  })

  it('forgets what it has when it is closed', async () => {
    const { context, lane } = pair()
    const giveBack = fill(context)
    lane.post(parcel([Buffer.alloc(100_000)]))
    lane.flush()
    const room = lane.whenRoom()
    lane.close()
    await room
    expect(lane.isHolding).toBe(false)
    giveBack()
  })
})
