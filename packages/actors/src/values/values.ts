import { addExtension, Packr } from 'msgpackr'
import { ActorRef } from '../host/ref.ts'
export interface ValueContext { toRef(value: object): Uint8Array | undefined; fromRef(bytes: Buffer): unknown; maxBytes?: number; maxDepth?: number }
export class ByteWriter {
  bytes: Buffer = Buffer.allocUnsafeSlow(65536); length = 0
  reserve(n: number): void { if (this.length + n > this.bytes.length) { const b = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + n)); this.bytes.copy(b, 0, 0, this.length); this.bytes = b } }
  take(): Buffer { const t = Buffer.from(this.bytes.subarray(0, this.length)); this.length = 0; return t }
}
let current: ValueContext
addExtension({ Class: ActorRef as never, type: 0x60, pack: (v: ActorRef) => current.toRef(v) as never, unpack: (b: Buffer) => current.fromRef(b) as never } as never)
const packr = new Packr({ structuredClone: true, moreTypes: true, useRecords: false })
export function writeValue(w: ByteWriter, value: unknown, c?: ValueContext): void {
  current = c!
  const b = packr.pack(value); w.reserve(b.length); b.copy(w.bytes, w.length); w.length += b.length }
export function readValue(bytes: Buffer, begin: number, end: number, c?: ValueContext): unknown { current = c!; return packr.unpack(bytes.subarray(begin, end)) }
export function copyValue(value: unknown, c?: ValueContext): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) { const out = new Array(value.length); for (let i = 0; i < value.length; i++) out[i] = copyValue(value[i], c); return out }
  if (value instanceof ActorRef) return c!.fromRef(c!.toRef(value) as Buffer)
  if (value instanceof Uint8Array) return Buffer.from(value)
  const out: Record<string, unknown> = {}
  for (const k in value) out[k] = copyValue((value as never)[k], c)
  return out }
