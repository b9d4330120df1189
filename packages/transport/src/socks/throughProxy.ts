import type { Prelude } from '../stream/dialer.ts'
import { ProxyError, SocksNegotiation, type Credentials, type Target } from './negotiation.ts'

/** Has a proxy, with which there is a connection, make one to the target. */
export function throughProxy(target: Target, credentials: Credentials | undefined): Prelude {
  return (wire, connected) => {
    const { stream } = wire
    const negotiation = new SocksNegotiation(target, credentials)
    const giveUp = (): void => {
      stream.destroy()
    }
    // It may be half open: but nothing is to come any more.
    stream.once('end', giveUp)
    wire.take = (bytes) => {
      try {
        const { reply, rest } = negotiation.receive(bytes)
        if (reply !== undefined) stream.write(reply)
        if (rest === undefined) return
        stream.off('end', giveUp)
        connected()
        wire.give(rest)
      } catch (error) {
        if (!(error instanceof ProxyError)) throw error
        stream.destroy(error)
      }
    }
    stream.write(negotiation.open())
  }
}
