import { namesIn } from '../definition/handlerNames.ts'
import { nearest } from '../options/nearest.ts'
import { PROGRAM } from './address.ts'
import type { Cell } from './cell.ts'
import type { Host } from './host.ts'
import type { LogEntry } from './logger.ts'

/** A notice to the program: an actor of some host was told what it does not handle. */
export const UNHANDLED = 'unhandled'

/** What it says. */
export interface UnhandledNotice {
  /** What is said once: the definition and the method. */
  readonly key: string
  readonly fields: LogEntry['fields']
  readonly message: string
}

/** Definitions and methods that are remembered, in each thread; nothing is said of what would be more. */
const MOST_REMEMBERED = 256
/** So much of a method is remembered and logged: other nodes send what they like. */
const MOST_CHARACTERS = 100

/** Logs what actors are told and do not handle, for who tells does not learn it: once of each definition and method. */
export class Unhandled {
  readonly #host: Host
  readonly #told = new Set<string>()
  /** What any host has told; of the program's only. */
  readonly #logged = new Set<string>()

  constructor(host: Host) {
    this.#host = host
  }

  /** @param doesStream there is a handler, but it has to be read */
  tell({ path, handlers, blueprint }: Cell, method: string, doesStream: boolean): void {
    const { name: definition, url } = blueprint.definition
    const shown = method.slice(0, MOST_CHARACTERS)
    const key = `${url} ${definition} ${shown}`
    if (!isNew(this.#told, key)) return
    const meant = doesStream ? undefined : nearest(shown, namesIn(handlers))
    const hint = meant === undefined ? {} : { nearest: meant }
    const notice: UnhandledNotice = {
      key,
      fields: { actor: path, definition, method: shown, ...hint },
      message: doesStream
        ? 'An actor was told what has to be read as a stream'
        : 'An actor was told what it has no handler for',
    }
    this.#host.notify(PROGRAM, UNHANDLED, notice)
  }

  /** Some host has told it. */
  hear({ key, fields, message }: UnhandledNotice): void {
    if (isNew(this.#logged, key)) this.#host.reporting.say('warn', fields, message)
  }
}

/** Whether it is to be said: that is remembered. */
function isNew(said: Set<string>, key: string): boolean {
  if (said.has(key) || said.size >= MOST_REMEMBERED) return false
  said.add(key)
  return true
}
