import { SocketError } from '../errors.ts'
import {
  readOption,
  socketTypeId,
  writeOption,
  type OptionAccessor,
  type OptionDefinition,
  type OptionHost,
} from './optionDefinition.ts'
import { findSocketOption, socketOptions } from './optionTable.ts'
import { fromAccessor, toAccessor } from './optionValue.ts'

/**
 * Puts options onto a socket class as properties: those every type has when the type is
 * `'every'`, otherwise those this type has beyond them.
 *
 * Options that can only be written read as undefined; assigning to one that can only be read is a
 * TypeError of the language.
 */
export function defineOptionProperties(prototype: OptionHost, type: number | 'every'): void {
  for (const definition of socketOptions) {
    if (definition.name === null) continue
    const belongs = type === 'every' ? !definition.sockets : definition.sockets?.has(type)
    if (!belongs) continue
    Object.defineProperty(prototype, definition.name, {
      configurable: true,
      ...(definition.access !== 'write' && { get: getterOf(definition) }),
      ...(definition.access !== 'read' && { set: setterOf(definition) }),
    })
  }
  if (type === socketTypeId.XPublisher) defineVerbosity(prototype)
  if (type === 'every') defineUnsupported(prototype)
}

/**
 * Reads an option by its number, as zeromq.js's `getInt32Option` and the like do.
 *
 * @throws {TypeError} the number is none
 * @throws {SocketError} `EINVAL`: no such option, not for this type of socket, one that can only
 *   be written, or of another type
 */
export function readOptionById(
  host: OptionHost,
  type: number,
  accessor: OptionAccessor,
  id: number,
): unknown {
  const definition = definitionOf(id, type)
  if (definition.access === 'write') throw new SocketError('EINVAL')
  return toAccessor(definition.type, accessor, host[readOption](definition))
}

/**
 * Writes an option by its number, as zeromq.js's `setInt32Option` and the like do.
 *
 * @throws {TypeError} the number is none, or the value not of the accessor's type
 * @throws {SocketError} `EINVAL`: no such option, not for this type of socket, one that can only
 *   be read, of another type, or the value is out of range
 */
export function writeOptionById(
  host: OptionHost,
  type: number,
  accessor: OptionAccessor,
  id: number,
  value: unknown,
): void {
  const definition = definitionOf(id, type)
  const converted = fromAccessor(definition.type, accessor, value)
  if (definition.access === 'read') throw new SocketError('EINVAL')
  host[writeOption](definition, converted)
}

function definitionOf(id: number, type: number): OptionDefinition {
  if (typeof id !== 'number') throw new TypeError('Identifier must be a number')
  const definition = findSocketOption(id, type)
  if (!definition) throw new SocketError('EINVAL')
  return definition
}

function getterOf(definition: OptionDefinition): (this: OptionHost) => unknown {
  const { choices } = definition
  if (!choices) {
    return function get() {
      return this[readOption](definition)
    }
  }
  return function get() {
    return choices[Number(this[readOption](definition))]
  }
}

function setterOf(definition: OptionDefinition): (this: OptionHost, value: unknown) => void {
  const { choices } = definition
  if (!choices) {
    return function set(value) {
      this[writeOption](definition, value)
    }
  }
  return function set(value) {
    // What is no choice becomes -1, which is out of range.
    this[writeOption](definition, choices.indexOf(value as string | null))
  }
}

/** One property for the two options that ask XPUB for more notifications and undo each other. */
function defineVerbosity(prototype: OptionHost): void {
  const verbose = definitionOf(40, socketTypeId.XPublisher)
  const verboser = definitionOf(78, socketTypeId.XPublisher)
  Object.defineProperty(prototype, 'verbosity', {
    configurable: true,
    set(this: OptionHost, value: unknown) {
      switch (value) {
        case null:
          this[writeOption](verbose, false)
          break
        case 'allSubs':
          this[writeOption](verbose, true)
          break
        case 'allSubsUnsubs':
          this[writeOption](verboser, true)
          break
        default:
          throw new SocketError('EINVAL')
      }
    },
  })
}

/** Options of VMCI, which libzmq refuses where it was built without, as it mostly is. */
const unsupported = [
  'vmciBufferSize',
  'vmciBufferMinSize',
  'vmciBufferMaxSize',
  'vmciConnectTimeout',
] as const

function defineUnsupported(prototype: OptionHost): void {
  const get = (): never => {
    throw new SocketError('EINVAL')
  }
  const set = (value: unknown): void => {
    if (typeof value !== 'number') throw new TypeError('Option value must be a number')
    get()
  }
  for (const name of unsupported) {
    Object.defineProperty(prototype, name, { configurable: true, get, set })
  }
}
