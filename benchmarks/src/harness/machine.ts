import { cpus, release, totalmem } from 'node:os'

/** Where and when the numbers were measured. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  readonly date: string
}

export function describeMachine(): Machine {
  const cores = cpus()
  return {
    processor: cores[0]?.model ?? 'unknown',
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    date: new Date().toISOString(),
  }
}
