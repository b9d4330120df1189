import { socketTypeId } from '../socket/optionDefinition.ts'
import type { Pattern } from '../socket/pattern.ts'
import type { ProxyStatistics } from './traffic.ts'

/** What a control socket may ask of a proxy. */
export interface Steered {
  pause(): void
  resume(): void
  terminate(): void
  readonly statistics: ProxyStatistics
}

/**
 * Does what messages to a proxy's control socket say: `PAUSE`, `RESUME`, `TERMINATE` or
 * `STATISTICS`, which is answered with eight numbers of 64 bits in the machine's byte order:
 * messages and bytes that the front end received, that it sent, and the same for the back end.
 *
 * @param type of the control socket; a REP answers every message, with nothing if need be
 * @see zmq_proxy_steerable(3)
 */
export function obey(control: Pattern, type: number, proxy: Steered): void {
  while (control.canReceive()) {
    const message = control.receive()
    if (typeof message === 'string') return
    const command = message.length === 1 ? String(message[0]) : ''
    if (command === 'STATISTICS') control.send(framesOf(proxy.statistics))
    else if (type === socketTypeId.Reply) control.send(NOTHING)
    if (command === 'PAUSE') proxy.pause()
    else if (command === 'RESUME') proxy.resume()
    else if (command === 'TERMINATE') {
      proxy.terminate()
      return
    }
  }
}

const NOTHING = Buffer.alloc(0)

function framesOf({ frontEnd, backEnd }: ProxyStatistics): Buffer[] {
  const traffic = [frontEnd.received, frontEnd.sent, backEnd.received, backEnd.sent]
  return traffic.flatMap(({ messages, bytes }) => [frameOf(messages), frameOf(bytes)])
}

const frameOf = (count: number): Buffer => Buffer.from(BigUint64Array.of(BigInt(count)).buffer)
