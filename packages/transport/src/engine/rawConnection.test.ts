import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket as Stream } from 'node:net'
import { SocketError } from '@ringpost/core'
import { expect, it } from 'vitest'
import { Wire } from '../stream/wire.ts'
import { RawConnection } from './rawConnection.ts'

it('ends, and tells why, where there is no room for its pipe', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const peer = connect((server.address() as AddressInfo).port, '127.0.0.1').resume()
  const [stream] = (await once(server, 'connection')) as [Stream]
  const why = new SocketError('ENOMEM')
  const closed = new Promise((resolve) => {
    void new RawConnection(Wire.over(stream), true, {
      ready: () => {
        throw why
      },
      closed: (...how) => resolve(how),
    })
  })
  expect(await closed).toEqual([why, true])
  await once(peer, 'close')
  server.close()
})
