import { Uncloneable } from '../thread/uncloneable.ts'
import type { OptionDefinition, OptionHost, readOption, writeOption } from './optionDefinition.ts'
import { readOptionById, writeOptionById } from './optionProperties.ts'

/** A socket's options by ZeroMQ's numbers, for subclasses, as in ZeroMQ's binding. */
export abstract class NumberedOptions extends Uncloneable implements OptionHost {
  readonly #type: number

  constructor(type: number) {
    super()
    this.#type = type
  }

  abstract [readOption](definition: OptionDefinition): unknown
  abstract [writeOption](definition: OptionDefinition, value: unknown): void

  protected getBoolOption(id: number): boolean {
    return readOptionById(this, this.#type, 'bool', id) as boolean
  }
  protected setBoolOption(id: number, value: boolean): void {
    writeOptionById(this, this.#type, 'bool', id, value)
  }
  protected getInt32Option(id: number): number {
    return readOptionById(this, this.#type, 'int32', id) as number
  }
  protected setInt32Option(id: number, value: number): void {
    writeOptionById(this, this.#type, 'int32', id, value)
  }
  protected getUint32Option(id: number): number {
    return readOptionById(this, this.#type, 'uint32', id) as number
  }
  protected setUint32Option(id: number, value: number): void {
    writeOptionById(this, this.#type, 'uint32', id, value)
  }
  protected getInt64Option(id: number): number {
    return readOptionById(this, this.#type, 'int64', id) as number
  }
  protected setInt64Option(id: number, value: number): void {
    writeOptionById(this, this.#type, 'int64', id, value)
  }
  protected getUint64Option(id: number): number {
    return readOptionById(this, this.#type, 'uint64', id) as number
  }
  protected setUint64Option(id: number, value: number): void {
    writeOptionById(this, this.#type, 'uint64', id, value)
  }
  protected getStringOption(id: number): string | null {
    return readOptionById(this, this.#type, 'string', id) as string | null
  }
  protected setStringOption(id: number, value: string | Buffer | null): void {
    writeOptionById(this, this.#type, 'string', id, value)
  }
}
