import type { Zmq } from './suiteApi.ts'
import type { SocketName } from './suiteSubject.ts'

export declare class FarHost {
  constructor(zmq: Zmq)
  open(id: number, name: SocketName, options?: Record<string, unknown>): void
  call(id: number, method: string, parameters: unknown[]): Promise<unknown>
  closeAll(): void
}
