import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'

const NAME = 'gates of the tests of actors'
const names = ['isHeld', 'firstIsGone', 'secondIsGone', 'isLoading', 'mayLoad', 'isLoaded'] as const

/** What the program and its hosts tell each other without a message. */
export type Gate = (typeof names)[number]

/** In the program, before there are hosts. */
export function makeGates(): void {
  setEnvironmentData(NAME, new SharedArrayBuffer(names.length * Int32Array.BYTES_PER_ELEMENT))
}

const gates = (): Int32Array => new Int32Array(getEnvironmentData(NAME) as SharedArrayBuffer)

export function open(gate: Gate): void {
  Atomics.store(gates(), names.indexOf(gate), 1)
  Atomics.notify(gates(), names.indexOf(gate))
}

export const isOpen = (gate: Gate): boolean => Atomics.load(gates(), names.indexOf(gate)) === 1

/** Settles when the gate is open. */
export async function opened(gate: Gate): Promise<void> {
  await Atomics.waitAsync(gates(), names.indexOf(gate), 0).value
}

/** Blocks the thread until the gate is open. */
export function blockUntil(gate: Gate): void {
  Atomics.wait(gates(), names.indexOf(gate), 0)
}
