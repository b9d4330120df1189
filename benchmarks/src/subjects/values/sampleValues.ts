/** What actors might say to one another; each is the arguments of one message. */
const kinds = {
  number: (n: number) => [n * 7],
  text: (n: number) => [`hello ${n}`],
  bytes64: () => [new Uint8Array(64)],
  object: (n: number) => [
    { id: n, name: `worker ${n % 100}`, kind: 'task', size: n * 3.5, state: 'ready' },
  ],
  nested: (n: number) => [
    { id: n, point: { x: n, y: n / 2 }, tags: ['a', 'bb', 'ccc'], at: new Date(n), ok: true },
  ],
  objects100: (n: number) => [
    Array.from({ length: 100 }, (_, place) => ({ id: n + place, name: `item ${place}` })),
  ],
}

export type ValueKind = keyof typeof kinds

const SAMPLES = 256

export function sampleValues(kind: ValueKind): readonly unknown[] {
  return Array.from({ length: SAMPLES }, (_, n) => kinds[kind](n))
}
