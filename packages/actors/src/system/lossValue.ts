import type { HostLoss } from '../host/down.ts'
import { ByteWriter, readValue, writeValue } from '../values/index.ts'

/** Why a host has ended, as its process tells the program. */
export function lossToBytes(loss: HostLoss): Buffer {
  try {
    return bytesOf(loss)
  } catch {
    // What was thrown cannot be sent: what it says can.
    return bytesOf('error' in loss ? { ...loss, error: new Error(String(loss.error)) } : loss)
  }
}

export const lossFromBytes = (bytes: Buffer): HostLoss =>
  readValue(bytes, 0, bytes.length) as HostLoss

function bytesOf(loss: HostLoss): Buffer {
  const writer = new ByteWriter()
  writeValue(writer, loss)
  return writer.take()
}
