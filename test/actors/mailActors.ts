import { defineActor } from '@ringpost/actors'

/** Those of this host that hold. */
const holding: (() => void)[] = []

/** Handles nothing while it holds. */
export const holder = defineActor(import.meta.url, 'holder', () => ({
  hold: () => new Promise<void>((resolve) => holding.push(resolve)),
  note: (value: number) => value,
}))

/** Counts what it handles. */
export const neighbour = defineActor(import.meta.url, 'neighbour', () => {
  let handled = 0
  return {
    note: (_value: number) => void handled++,
    handled: () => handled,
    /** Lets those go that hold on its host. */
    letGo() {
      for (const resolve of holding.splice(0)) resolve()
    },
  }
})

/** Sends as much as it can. */
export const flooder = defineActor(import.meta.url, 'flooder', () => ({
  async flood(target: { readonly send: { note(value: number): Promise<void> } }, messages: number) {
    for (let n = 0; n < messages; n++) await target.send.note(n)
  },
}))

/** Streams that are read from another thread. */
export const counter = defineActor(import.meta.url, 'counter', () => {
  let yielded = 0
  let ended = 0
  return {
    async *numbers(until: number) {
      try {
        for (let n = 0; n < until; n++) {
          yielded++
          yield n
        }
      } finally {
        ended++
      }
    },
    *blocks(bytes: number) {
      while (true) {
        yielded++
        yield new Uint8Array(bytes)
      }
    },
    yielded: () => yielded,
    ended: () => ended,
  }
})
