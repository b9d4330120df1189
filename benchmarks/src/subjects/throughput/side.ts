import { Gate } from '../gate.ts'
import { monotonicMs } from '../monotonicClock.ts'
import { Receipt, ThoroughReceipt } from '../preparedMessages.ts'
import { loadSubject, type Wire } from '../twoSides.ts'
import type { Link, ThroughputOptions, ThroughputSubject } from './throughputSubject.ts'

function linkOver({ ports, memory }: Wire, { size }: ThroughputOptions): Link {
  return { endpoint: 'inproc://bench', port: ports[0]!, memory, size }
}

/** Warms up, waits until that has arrived, sends. Returns when it began, in monotonic milliseconds. */
export async function runSender(options: ThroughputOptions, wire: Wire): Promise<number> {
  const subject = await loadSubject<ThroughputSubject>(import.meta.url, options.subject)
  const sender = subject.openSender(linkOver(wire, options))
  await sender.send(options.warmUp)
  await new Gate(wire.gates[0]).opened()
  const startedMs = monotonicMs()
  await sender.send(options.count)
  sender.close()
  return startedMs
}

/** Returns when the last message had been received. */
export async function runReceiver(options: ThroughputOptions, wire: Wire): Promise<number> {
  const subject = await loadSubject<ThroughputSubject>(import.meta.url, options.subject)
  const receiver = await subject.openReceiver(linkOver(wire, options))
  const WarmUpReceipt = subject.checksOnlyFirstByte === true ? Receipt : ThoroughReceipt
  await receiver.receive(options.warmUp, new WarmUpReceipt(options.size))
  const receipt = new Receipt(options.size)
  new Gate(wire.gates[0]).open()
  await receiver.receive(options.count, receipt)
  const endedMs = monotonicMs()
  receiver.close()
  return endedMs
}
