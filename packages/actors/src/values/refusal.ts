import { ValueError, type ValueErrorCode } from './valueError.ts'

/**
 * Why a value is not written, while it is being found out where in the whole it lies: each object on the
 * way up adds its own step. Becomes a `ValueError` at the top.
 */
export class Refusal extends Error {
  readonly code: ValueErrorCode
  readonly #steps: string[] = []

  constructor(code: ValueErrorCode, reason: string, options?: ErrorOptions) {
    super(reason, options)
    this.code = code
  }

  /** A step towards the root: `[0]` or `.name`. */
  within(step: string): this {
    this.#steps.push(step)
    return this
  }

  toValueError(root: string): ValueError {
    const options = this.cause === undefined ? undefined : { cause: this.cause }
    if (this.code === 'EMSGSIZE')
      return new ValueError(this.code, `${root} ${this.message}`, options)
    return new ValueError(this.code, `${root}${this.#place()} ${this.message}`, options)
  }

  #place(): string {
    const steps = this.#steps.toReversed()
    if (steps.length <= SHOWN_STEPS) return steps.join('')
    return `${steps.slice(0, SHOWN_STEPS / 2).join('')}…${steps.slice(-SHOWN_STEPS / 2).join('')}`
  }
}

const SHOWN_STEPS = 20
const SHOWN_KEY_LENGTH = 80

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

/** The step to a property, as one would write it in JavaScript. */
export function keyStep(key: string): string {
  if (key.length > SHOWN_KEY_LENGTH) return `[${JSON.stringify(key.slice(0, SHOWN_KEY_LENGTH))}…]`
  return identifier.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

/** Something else than a refusal was thrown where a value was read: by a getter, a proxy, `toRef`. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const reason = error instanceof Error ? error.message : typeof error
  return new Refusal('EVALUE', `cannot be read: ${reason}`, { cause: error })
}
