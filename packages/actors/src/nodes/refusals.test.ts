import { afterEach, describe, expect, it } from 'vitest'
import { ActorRef } from '../host/ref.ts'
import { collectDeadLetters, settled, startHosts } from '../testing/hosts.test-support.ts'
import { Gateway } from './gateway.ts'
import { closeGates, gate, Nodes, openGates } from './testing/nodes.test-support.ts'

const nodes = new Nodes()
afterEach(() => nodes.close())

/** A ref of another node's actor, in a host that is not the program's. */
async function remoteGate() {
  const server = await nodes.start()
  server.expose('gate', await server.spawn(gate.with({ mailbox: 1 })))
  // However long it takes until the other side knows: nothing is dropped.
  const { endpoint } = await server.listen('tcp://127.0.0.1:*', { limits: { tells: 1_000_000 } })
  const [program, host] = startHosts(2)
  const gateway = (program!.gateway = new Gateway(program!))
  const node = await gateway.connect(endpoint, {})
  const { address } = node.ref('/gate')
  const ref = new ActorRef<typeof gate>(address, host!.remote).with({ timeoutMs: 60_000 })
  return { node, ref, close: () => gateway.close() }
}

const tellUntilRefused = async (ref: ActorRef<typeof gate>): Promise<number> => {
  for (let told = 0; ; told++) {
    if (!ref.tell.pass()) return told
    await settled()
  }
}

describe('a tell of a host through another to a node', () => {
  it('returns false while the actor there takes nothing, and what it said is not lost', async () => {
    const letters = collectDeadLetters()
    const { ref, close } = await remoteGate()
    const held = ref.ask.wait()
    const told = await tellUntilRefused(ref)
    expect(told).toBeGreaterThan(1)
    expect(letters).toMatchObject([{ reason: 'overflow', method: 'pass' }])
    openGates()
    await held
    await expect.poll(() => ref.ask.passed()).toBe(told)
    await expect.poll(() => ref.tell.pass()).toBe(true)
    await expect.poll(() => ref.ask.passed()).toBe(told + 1)
    closeGates()
    close()
  })

  it('returns false while the node is gone', async () => {
    const { ref, node, close } = await remoteGate()
    node.disconnect()
    expect(await tellUntilRefused(ref)).toBe(1)
    close()
  })
})
