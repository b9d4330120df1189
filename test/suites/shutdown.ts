import { describe, expect, it } from 'vitest'
import { failureOf, failures, thrownBy } from '../support/suiteErrors.ts'
import { itWith, texts, useStage } from '../support/suiteStage.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** Contexts that are handed over and shut down; each test makes its own. */
export function describeShutdown(subject: Subject): void {
  describe('a context of one’s own', () => {
    const stage = useStage(subject)

    it('can be handed to another thread', async () => {
      const context = new subject.zmq.Context()
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull', { context })
      await pull.bind(endpoint)
      const push = await stage.far('Push', { contextHandle: context.handle })
      await push.connect(endpoint)
      await push.send('x')
      expect(texts(await pull.receive())).toEqual(['x'])
    })

    it('shares its options with everybody who has its handle', () => {
      const context = new subject.zmq.Context()
      const same = subject.zmq.Context.from(structuredClone(context.handle) as never)
      context.maxSockets = 77
      expect(same.maxSockets).toBe(77)
    })
  })

  describe('shutting a context down', () => {
    const stage = useStage(subject)
    const itThreads = itWith(subject, 'threads')

    it('fails what waits with ETERM', async () => {
      const context = new subject.zmq.Context()
      const pair = stage.open('Pair', { context })
      const receiving = failureOf(() => pair.receive())
      const sending = failureOf(() => pair.send('x'))
      context.shutdown()
      expect(await receiving).toMatchObject(failures.terminated)
      expect(await sending).toMatchObject(failures.terminated)
    })

    it('fails what waits in other threads with ETERM', async () => {
      const context = new subject.zmq.Context()
      const pull = await stage.far('Pull', { contextHandle: context.handle })
      await pull.bind(stage.endpoint())
      const receiving = failureOf(() => pull.receive())
      await pull.get('readable')
      context.shutdown()
      expect(await receiving).toMatchObject(failures.terminated)
    })

    it('fails later calls with ETERM, but sockets can be closed', async () => {
      const context = new subject.zmq.Context()
      const pair = stage.open('Pair', { context })
      context.shutdown()
      for (const call of [
        () => pair.receive(),
        () => pair.send('x'),
        () => pair.receiveSync({ timeout: 30_000 }),
        () => pair.sendSync('x', { timeout: 30_000 }),
        () => pair.bind(stage.endpoint()),
        () => pair.connect(stage.endpoint()),
      ]) {
        expect(await failureOf(call)).toMatchObject(failures.terminated)
      }
      pair.close()
      expect(pair.closed).toBe(true)
    })

    it('fails new sockets with ETERM', () => {
      const context = new subject.zmq.Context()
      context.shutdown()
      expect(thrownBy(() => stage.open('Pair', { context }))).toMatchObject(failures.terminated)
    })

    it('may be done twice, and leaves other contexts alone', async () => {
      const context = new subject.zmq.Context()
      context.shutdown()
      context.shutdown()
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      expect(texts(await pull.receive())).toEqual(['x'])
    })

    it('ends `for await` with ETERM', async () => {
      const context = new subject.zmq.Context()
      const pull = stage.open('Pull', { context })
      const loop = failureOf(async () => {
        for await (const message of pull) throw new Error(`unexpected ${texts(message).join()}`)
      })
      context.shutdown()
      expect(await loop).toMatchObject(failures.terminated)
    })

    itThreads('wakes a thread that is blocked in a receive', async () => {
      const context = new subject.zmq.Context()
      const pull = stage.open('Pull', { context })
      const far = await stage.far('Pull', { contextHandle: context.handle })
      const shuttingDown = far.shutdownContext()
      expect(thrownBy(() => pull.receiveSync({ timeout: 30_000 }))).toMatchObject(
        failures.terminated,
      )
      await shuttingDown
    })

    itThreads('wakes a thread that is blocked in a send', async () => {
      const context = new subject.zmq.Context()
      const push = stage.open('Push', { context })
      const far = await stage.far('Pull', { contextHandle: context.handle })
      const shuttingDown = far.shutdownContext()
      expect(thrownBy(() => push.sendSync('x', { timeout: 30_000 }))).toMatchObject(
        failures.terminated,
      )
      await shuttingDown
    })
  })
}
