import { lookup } from 'node:dns/promises'
import { SocketError } from '@ringpost/core'

/**
 * The address of a host by its name, as the system knows it: of version 6 if that is asked for and there is one,
 * otherwise of version 4.
 *
 * Rejects with SocketError `ENODEV` where there is none; why is its `cause`.
 */
export async function lookUpHost(name: string, ipv6: boolean): Promise<string> {
  try {
    const found = await lookup(name, { all: true, family: ipv6 ? 0 : 4 })
    return (
      (ipv6 ? found.find(({ family }) => family === 6) : undefined)?.address ?? found[0]!.address
    )
  } catch (cause) {
    throw new SocketError('ENODEV', { cause })
  }
}
