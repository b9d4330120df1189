import type { Gate } from '../gate.ts'
import { monotonicMs } from '../monotonicClock.ts'
import { Receipt, ThoroughReceipt } from '../preparedMessages.ts'
import type { Link, ThroughputOptions, ThroughputSubject } from './throughputSubject.ts'

/**
 * Loads the subject that the options name. The host does so before it starts threads, as a program
 * does that uses the library in its main thread.
 */
export async function load(options: ThroughputOptions): Promise<ThroughputSubject> {
  const module = (await import(`./${options.subject}.js`)) as { subject: ThroughputSubject }
  return module.subject
}

/** Warms up, waits until that has arrived, sends. Returns when it began, in monotonic milliseconds. */
export async function runSender(
  options: ThroughputOptions,
  link: Link,
  warm: Gate,
): Promise<number> {
  const sender = (await load(options)).openSender(link)
  await sender.send(options.warmUp)
  await warm.opened()
  const startedMs = monotonicMs()
  await sender.send(options.count)
  sender.close()
  return startedMs
}

/** Returns when the last message had been received. */
export async function runReceiver(
  options: ThroughputOptions,
  link: Link,
  warm: Gate,
): Promise<number> {
  const subject = await load(options)
  const receiver = await subject.openReceiver(link)
  const WarmUpReceipt = subject.checksOnlyFirstByte === true ? Receipt : ThoroughReceipt
  await receiver.receive(options.warmUp, new WarmUpReceipt(options.size))
  const receipt = new Receipt(options.size)
  warm.open()
  await receiver.receive(options.count, receipt)
  const endedMs = monotonicMs()
  receiver.close()
  return endedMs
}
