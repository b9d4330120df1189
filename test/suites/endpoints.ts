import { describe, expect, it } from 'vitest'
import { failureOf, failures, thrownBy } from '../support/suiteErrors.ts'
import { heads, itWith, numbers, take, takeNote, texts, useStage } from '../support/suiteStage.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** Binding, connecting, and undoing both. */
export function describeEndpoints(subject: Subject): void {
  describe('endpoints', () => {
    const stage = useStage(subject)
    const itImmediate = itWith(subject, 'immediate')
    const itExclusive = itWith(subject, 'exclusive')

    it('may be several at which one socket is bound', async () => {
      const endpoints = [stage.endpoint(), stage.endpoint(), stage.endpoint()]
      const pull = stage.open('Pull')
      for (const endpoint of endpoints) await pull.bind(endpoint)
      for (const [index, endpoint] of endpoints.entries()) {
        const [push] = await stage.farPeers('Push', 1, endpoint)
        await push!.send(String(index))
      }
      expect(heads(await take(pull, 3)).sort()).toEqual(['0', '1', '2'])
    })

    it('may be bound and connected by one socket at once', async () => {
      const [bound, connected] = [stage.endpoint(), stage.endpoint()]
      const other = await stage.far('Push')
      await other.bind(connected)
      const pull = stage.open('Pull')
      await pull.bind(bound)
      pull.connect(connected)
      const [push] = await stage.farPeers('Push', 1, bound)
      await push!.send('to the bound end')
      await other.send('to the connected end')
      expect(heads(await take(pull, 2)).sort()).toEqual([
        'to the bound end',
        'to the connected end',
      ])
    })

    it('may be bound without waiting, too', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      pull.bindSync(endpoint)
      expect(pull.lastEndpoint).toBe(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      expect(texts(await pull.receive())).toEqual(['x'])
      pull.unbindSync(endpoint)
      expect(thrownBy(() => pull.unbindSync(endpoint))).toMatchObject(failures.noEndpoint)
    })

    it('are remembered: the last that was bound or connected', async () => {
      const [first, second] = [stage.endpoint(), stage.endpoint()]
      const pull = stage.open('Pull')
      expect(pull.lastEndpoint).toBe(null)
      await pull.bind(first)
      expect(pull.lastEndpoint).toBe(first)
      pull.connect(second)
      expect(pull.lastEndpoint).toBe(second)
    })

    itExclusive(
      'in use are refused with EADDRINUSE, to other sockets and to the same',
      async () => {
        const endpoint = stage.endpoint()
        const first = stage.open('Pull')
        await first.bind(endpoint)
        const error = { ...failures.addressInUse, address: endpoint }
        await expect(stage.open('Pull').bind(endpoint)).rejects.toMatchObject(error)
        await expect(first.bind(endpoint)).rejects.toMatchObject(error)
        expect(thrownBy(() => stage.open('Pull').bindSync(endpoint))).toMatchObject(error)
      },
    )

    itExclusive('in use at the far side are refused as well', async () => {
      const endpoint = stage.endpoint()
      const far = await stage.far('Pull')
      await far.bind(endpoint)
      await expect(stage.open('Pull').bind(endpoint)).rejects.toMatchObject(failures.addressInUse)
    })

    it('are free again after unbind', async () => {
      const endpoint = stage.endpoint()
      const first = stage.open('Pull')
      await first.bind(endpoint)
      await first.unbind(endpoint)
      const second = stage.open('Pull')
      await second.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      expect(texts(await second.receive())).toEqual(['x'])
    })

    it('are free again after close', async () => {
      const endpoint = stage.endpoint()
      const first = stage.open('Pull')
      await first.bind(endpoint)
      first.close()
      const second = stage.open('Pull')
      await second.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      expect(texts(await second.receive())).toEqual(['x'])
    })

    // Over a wire another thread may be quicker than the one that closes it.
    itImmediate('are free again after close at the far side', async () => {
      const endpoint = stage.endpoint()
      const far = await stage.far('Pull')
      await far.bind(endpoint)
      await far.close()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      expect(texts(await pull.receive())).toEqual(['x'])
    })

    it('that are not bound cannot be unbound', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      const error = { ...failures.noEndpoint, address: endpoint }
      await expect(pull.unbind(endpoint)).rejects.toMatchObject(error)
      const other = stage.open('Pull')
      await other.bind(endpoint)
      await expect(pull.unbind(endpoint)).rejects.toMatchObject(error)
      await other.unbind(endpoint)
      await expect(other.unbind(endpoint)).rejects.toMatchObject(error)
    })

    it('that are not connected cannot be disconnected', () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push')
      const error = { ...failures.noEndpoint, address: endpoint }
      expect(thrownBy(() => push.disconnect(endpoint))).toMatchObject(error)
      push.connect(endpoint)
      push.disconnect(endpoint)
      expect(thrownBy(() => push.disconnect(endpoint))).toMatchObject(error)
    })

    it('once disconnected take no more messages, but deliver those that were sent', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push', { sendTimeout: 0 })
      push.connect(endpoint)
      await push.send('1')
      await push.send('2')
      push.disconnect(endpoint)
      await expect(push.send('3')).rejects.toMatchObject(failures.again)
      expect(heads(await pull.take(2))).toEqual(['1', '2'])
    })

    it('once disconnected can be connected again', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      for (const text of ['1', '2', '3']) {
        push.connect(endpoint)
        await push.send(text)
        expect(texts(await pull.receive())).toEqual([text])
        push.disconnect(endpoint)
      }
    })

    it('once disconnected leave the other connections of the socket alone', async () => {
      const [one, two] = [stage.endpoint(), stage.endpoint()]
      const first = await stage.far('Pull')
      const second = await stage.far('Pull')
      await first.bind(one)
      await second.bind(two)
      const push = stage.open('Push')
      push.connect(one)
      push.connect(two)
      push.disconnect(one)
      for (const number of numbers(0, 4)) await push.send(number)
      expect(heads(await second.take(4))).toEqual(numbers(0, 4))
    })
  })

  if (subject.features.inproc) describeInprocEndpoints(subject)
  describeWrongEndpoints(subject)
}

function describeInprocEndpoints(subject: Subject): void {
  describe('inproc endpoints', () => {
    const stage = useStage(subject)

    it('keep the connections they have after unbind, and make no new ones', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('1')
      await pull.unbind(endpoint)
      await push!.send('2')
      expect(heads(await take(pull, 2))).toEqual(['1', '2'])
      const [late] = await stage.farPeers('Push', 1, endpoint)
      await late!.send('for whoever binds next')
      const next = stage.open('Pull')
      await next.bind(endpoint)
      expect(texts(await next.receive())).toEqual(['for whoever binds next'])
    })

    it('are not connected again by themselves when the bound socket was closed', async () => {
      const endpoint = stage.endpoint()
      const first = await stage.far('Pull')
      await first.bind(endpoint)
      const push = stage.open('Push', { sendTimeout: 0 })
      push.connect(endpoint)
      await push.send('1')
      await first.receive()
      await first.close()
      const second = await stage.far('Pull')
      await second.bind(endpoint)
      takeNote(push)
      await expect(push.send('2')).rejects.toMatchObject(failures.again)
    })

    it('connected twice are two connections', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull', { receiveHighWaterMark: 1 })
      await pull.bind(endpoint)
      const push = stage.open('Push', { sendHighWaterMark: 1, sendTimeout: 0 })
      push.connect(endpoint)
      push.connect(endpoint)
      for (const number of numbers(0, 4)) await push.send(number)
      await expect(push.send('4')).rejects.toMatchObject(failures.again)
      expect(heads(await pull.take(4)).sort()).toEqual(numbers(0, 4))
    })

    it('connected twice are disconnected at once', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push', { sendTimeout: 0 })
      push.connect(endpoint)
      push.connect(endpoint)
      push.disconnect(endpoint)
      expect(thrownBy(() => push.disconnect(endpoint))).toMatchObject(failures.noEndpoint)
      await expect(push.send('x')).rejects.toMatchObject(failures.again)
    })

    it('join a socket to itself, if it says so', async () => {
      const endpoint = stage.endpoint()
      const dealer = stage.open('Dealer')
      await dealer.bind(endpoint)
      dealer.connect(endpoint)
      await dealer.send('to myself')
      expect(texts(await dealer.receive())).toEqual(['to myself'])
    })

    it('have names of up to 256 characters', async () => {
      const endpoint = `${stage.endpoint()}-`.padEnd('inproc://'.length + 256, 'n')
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      expect(pull.lastEndpoint).toBe(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      expect(texts(await pull.receive())).toEqual(['x'])
    })

    // libzmq documents the limit, but does not check it.
    it('refuse longer names with ENAMETOOLONG', async () => {
      const endpoint = `inproc://${'n'.repeat(257)}`
      const pull = stage.open('Pull')
      const error = { ...failures.nameTooLong, address: endpoint }
      await expect(pull.bind(endpoint)).rejects.toMatchObject(error)
      expect(thrownBy(() => pull.connect(endpoint))).toMatchObject(error)
    })

    it('have names of any characters', async () => {
      const base = stage.endpoint()
      for (const name of ['#1', 'a/b:c', 'ünïcödé ✓', ' ', 'x'.repeat(20)]) {
        const endpoint = `${base}${name}`
        const pull = stage.open('Pull')
        await pull.bind(endpoint)
        const [push] = await stage.farPeers('Push', 1, endpoint)
        await push!.send(name)
        expect(texts(await pull.receive())).toEqual([name])
      }
    })

    it('are told apart by every character', async () => {
      const endpoint = stage.endpoint()
      const names = [endpoint, `${endpoint}x`, `${endpoint}X`, `${endpoint}xx`]
      const pulls = []
      for (const name of names) {
        const pull = stage.open('Pull')
        await pull.bind(name)
        pulls.push(pull)
      }
      for (const name of names) {
        const [push] = await stage.farPeers('Push', 1, name)
        await push!.send(name)
      }
      for (const [index, pull] of pulls.entries()) {
        expect(texts(await pull.receive())).toEqual([names[index]])
      }
    })
  })
}

function describeWrongEndpoints(subject: Subject): void {
  describe('wrong endpoints', () => {
    const stage = useStage(subject)

    for (const endpoint of ['', 'nothing', 'inproc', 'inproc:', 'inproc://', '://name']) {
      it(`are refused with EINVAL: ${JSON.stringify(endpoint)}`, async () => {
        const pull = stage.open('Pull')
        const error = { ...failures.invalid, address: endpoint }
        await expect(pull.bind(endpoint)).rejects.toMatchObject(error)
        await expect(pull.unbind(endpoint)).rejects.toMatchObject(error)
        expect(thrownBy(() => pull.connect(endpoint))).toMatchObject(error)
        expect(thrownBy(() => pull.disconnect(endpoint))).toMatchObject(error)
        expect(thrownBy(() => pull.bindSync(endpoint))).toMatchObject(error)
        expect(pull.lastEndpoint).toBe(null)
      })
    }

    for (const endpoint of ['unknown://name', 'INPROC://name', 'pgm://lo;239.0.0.1:1']) {
      it(`with an unknown scheme are refused with EPROTONOSUPPORT: ${endpoint}`, async () => {
        const pull = stage.open('Pull')
        const error = { ...failures.noProtocol, address: endpoint }
        await expect(pull.bind(endpoint)).rejects.toMatchObject(error)
        await expect(pull.unbind(endpoint)).rejects.toMatchObject(error)
        expect(thrownBy(() => pull.connect(endpoint))).toMatchObject(error)
        expect(thrownBy(() => pull.disconnect(endpoint))).toMatchObject(error)
        expect(thrownBy(() => pull.bindSync(endpoint))).toMatchObject(error)
      })
    }

    it('leave the socket usable', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await failureOf(() => pull.bind('nonsense'))
      thrownBy(() => pull.connect('unknown://name'))
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      expect(texts(await pull.receive())).toEqual(['x'])
    })
  })
}
