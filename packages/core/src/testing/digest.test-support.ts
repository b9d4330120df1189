/** Private memory of this size is looked at byte by byte; of larger pieces only the size counts. */
const SMALL_BYTES = 64

/** Two numbers that stand for values of any kind, and what these are made of. */
export class Digest {
  low = 0
  high = 0
  /** Objects that have been looked at, by number: they may be known to each other. */
  #objects: Map<unknown, number> | undefined

  reset(): void {
    this.low = this.high = 0
    this.#objects = undefined
  }

  /** Of 53 bits, so that two states have the same one by no likely chance. */
  get key(): number {
    return (this.low >>> 0) + (this.high & 0x1fffff) * 2 ** 32
  }

  mix(number: number): void {
    this.low = Math.imul(this.low ^ number, 0x01000193) ^ (this.low >>> 17)
    this.high = Math.imul(this.high ^ number, 0x85ebca6b) ^ (this.high >>> 13)
  }

  add(value: unknown): void {
    if (typeof value === 'number') this.mix(value)
    else if (typeof value === 'function') this.mix(3)
    else if (typeof value !== 'object' || value === null) this.#text(String(value))
    else if (ArrayBuffer.isView(value)) this.#view(value)
    else this.#object(value)
  }

  #text(text: string): void {
    for (let i = 0; i < text.length; i++) this.mix(text.charCodeAt(i))
    this.mix(text.length)
  }

  /** Shared memory is looked at by itself; where private memory lies is chance. */
  #view(view: ArrayBufferView): void {
    this.mix(view.byteLength)
    if (view.buffer instanceof SharedArrayBuffer) this.mix(view.byteOffset)
    else if (view.byteLength <= SMALL_BYTES) {
      const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
      for (const byte of bytes) this.mix(byte)
    }
  }

  #object(object: object): void {
    const objects = (this.#objects ??= new Map())
    const number = objects.get(object)
    if (number !== undefined) {
      this.mix(~number)
      return
    }
    objects.set(object, objects.size)
    const parts = partsOf(object)
    this.mix(parts.length)
    for (const part of parts) this.add(part)
  }
}

/** The library's own objects tell all their fields, see loadStepwise. */
function partsOf(object: object): unknown[] {
  if ('$state' in object) return (object as { $state(): unknown[] }).$state()
  if (object instanceof SharedArrayBuffer || object instanceof ArrayBuffer) return []
  if (Symbol.iterator in object) return [...(object as Iterable<unknown>)]
  return Object.values(object)
}
