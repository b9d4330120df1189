import { defineActor } from '../../definition/definition.ts'
import type { ActorRef } from '../../host/ref.ts'
import { createSystem, type ActorSystem, type SystemOptions } from '../../system/system.ts'

export const counter = defineActor(import.meta.url, 'counter', (_ctx, start: number) => {
  if (typeof start !== 'number') throw new TypeError('start must be a number')
  let n = start
  return {
    add(by: number) {
      n += by
    },
    value() {
      return n
    },
    async *upTo(limit: number) {
      while (n < limit) yield n++
    },
  }
})

export const echo = defineActor(import.meta.url, 'echo', (ctx) => {
  const kept: unknown[] = []
  let leave: (left: boolean) => void
  const left = new Promise<boolean>((resolve) => (leave = resolve))
  return {
    echo(value: unknown) {
      return value
    },
    keep(value: unknown) {
      kept.push(value)
    },
    kept() {
      return kept
    },
    self() {
      return ctx.self
    },
    valueOf_(other: ActorRef<{ value(): number }>) {
      return other.ask.value()
    },
    fail(message: string): void {
      const cause = new TypeError('why')
      throw Object.assign(new RangeError(message, { cause }), { code: 'ENO' })
    },
    *forever() {
      try {
        for (let n = 0; ; n++) yield n
      } finally {
        leave(true)
      }
    },
    whenLeft() {
      return left
    },
  }
})

/** Whoever asks it to wait holds it up, until it is opened from outside. */
export const gate = defineActor(import.meta.url, 'gate', () => {
  let passed = 0
  return {
    async wait() {
      await opened
    },
    pass() {
      passed++
    },
    passed() {
      return passed
    },
    take(_bytes: Uint8Array) {},
  }
})

/** What a test does when an ask of `patient` has begun, and when it is of no use any more. */
export const asked = { begun: (): void => {}, isUnwanted: (): void => {} }

/** Answers nobody: it waits until nobody waits for it. */
export const patient = defineActor(import.meta.url, 'patient', (ctx) => ({
  wait(): Promise<void> {
    const { signal } = ctx.message!
    asked.begun()
    return new Promise((resolve) => {
      const end = (): void => {
        asked.isUnwanted()
        resolve()
      }
      signal.addEventListener('abort', end, { once: true })
    })
  },
}))

let open: () => void
let opened: Promise<void>

/** The next gates are closed. */
export function closeGates(): void {
  opened = new Promise((resolve) => (open = resolve))
}
export const openGates = (): void => open()
closeGates()

/** Nodes of one test, all of them in this thread. */
export class Nodes {
  readonly #systems: ActorSystem[] = []

  async start(options: SystemOptions = {}): Promise<ActorSystem> {
    const system = await createSystem({ hosts: 0, ...options })
    this.#systems.push(system)
    return system
  }

  async close(): Promise<void> {
    openGates()
    await Promise.all(this.#systems.splice(0).map((system) => system.close()))
    closeGates()
  }
}
