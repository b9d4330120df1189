import { readFileSync } from 'node:fs'
import { Context, context as ownThreads, Pull, Push } from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import { selfSigned } from '../support/certificate.ts'
import { secondsToProbes } from '../support/tcpTimers.ts'
import { Opened } from './libraries.ts'

const places = [
  { place: 'threads of their own', context: ownThreads },
  { place: 'the loop of the sockets', context: new Context({ ioThreads: 0 }) },
]

const opened = new Opened()
afterEach(() => opened.close())

const { keyPem, certPem } = selfSigned([], ['127.0.0.1'])

describe.each(places)('a connection, with I/O in $place,', ({ context }) => {
  /** Two sockets that know each other, at this port. */
  async function connected(scheme: string, options: object): Promise<number> {
    const pull = opened.add(
      new Pull({ context, wssKeyPem: keyPem, wssCertPem: certPem, ...options }),
    )
    await pull.bind(`${scheme}://127.0.0.1:*`)
    const push = opened.add(new Push({ context, wssTrustPem: certPem, ...options }))
    push.connect(pull.lastEndpoint!)
    await push.send('')
    await pull.receive()
    return Number(pull.lastEndpoint!.split(':').at(-1))
  }

  it.each(['tcp', 'ws', 'wss'])(
    'over %s is probed by the system at both ends, after as long as is asked for',
    async (scheme) => {
      const port = await connected(scheme, { tcpKeepalive: 1, tcpKeepaliveIdle: 1000 })
      // What was sent may still have to be acknowledged; until then there is another timer.
      await expect.poll(() => secondsToProbes(port)).toEqual([1000, 1000])
    },
  )

  it('is probed as the system has it where no time is asked for', async () => {
    const usual = Number(readFileSync('/proc/sys/net/ipv4/tcp_keepalive_time', 'utf8'))
    const port = await connected('tcp', { tcpKeepalive: 1 })
    const hundreds = Math.ceil(usual / 100) * 100
    await expect.poll(() => secondsToProbes(port)).toEqual([hundreds, hundreds])
  })

  it.each([-1, 0])('is not probed with a tcpKeepalive of %i', async (tcpKeepalive) => {
    const port = await connected('tcp', { tcpKeepalive, tcpKeepaliveIdle: 1000 })
    expect(secondsToProbes(port)).toEqual([undefined, undefined])
  })
})
