import type { ActorDefinition } from '../definition/definition.ts'
import type { ActorSchema } from '../schema/actorSchema.ts'
import { checkArguments } from '../schema/checking.ts'
import type { Envelope } from './envelope.ts'

/** The messages of one actor that a schema has to let through before they are handled. */
export class Inspection {
  readonly #definition: string
  readonly #schemas: NonNullable<ActorSchema['messages']>
  readonly #isForAll: boolean
  readonly #due = new WeakSet<Envelope>()
  /** The one whose check is awaited: the actor begins nothing else meanwhile, so that messages keep their order. */
  awaited: Envelope | undefined
  /** Whether nobody waits any more for the one that is awaited. */
  isCanceled = false

  constructor(definition: string, { messages = {}, check }: ActorSchema) {
    this.#definition = definition
    this.#schemas = messages
    this.#isForAll = check === 'always'
  }

  /** Of an actor of the definition; none, where nothing is to be checked. */
  static of({ name, schema }: ActorDefinition): Inspection | undefined {
    return schema?.messages === undefined ? undefined : new Inspection(name, schema)
  }

  /** A message has come. */
  receive(envelope: Envelope, isFromOutside: boolean): void {
    if (!isFromOutside && !this.#isForAll) return
    if (Object.hasOwn(this.#schemas, envelope.method)) this.#due.add(envelope)
  }

  isDue(envelope: Envelope): boolean {
    return this.#due.has(envelope)
  }

  /** @returns the arguments that it is to be handled with. @throws {ActorError} `ESCHEMA` */
  check({ method, body }: Envelope): unknown[] | Promise<unknown[]> {
    const what = `${this.#definition}.${method}`
    return checkArguments(this.#schemas[method]!, body as unknown[], what)
  }
}
