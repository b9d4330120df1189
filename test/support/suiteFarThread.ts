import { parentPort, workerData } from 'node:worker_threads'
import type { Zmq } from './suiteApi.ts'
import { FarHost } from './suiteFarHost.ts'
import type { SocketName } from './suiteSubject.ts'

/** What the far thread is told to do. Each command is answered under its number, `call`. */
export type FarCommand = { call: number } & (
  | { action: 'open'; id: number; name: SocketName; options?: Record<string, unknown> | undefined }
  | { action: 'call'; id: number; method: string; parameters: unknown[] }
  | { action: 'closeAll' }
)

/** What came of a command; the first answer, to call 0, says that the thread is there. */
export interface FarAnswer {
  call: number
  value?: unknown
  error?: { name: string; message: string; code?: string; errno?: number }
}

// Nothing but the URL of the module is handed over.
const host = new FarHost((await import((workerData as { module: string }).module)) as Zmq)
const answer = (answered: FarAnswer): void => parentPort!.postMessage(answered)

async function obey(command: FarCommand): Promise<unknown> {
  switch (command.action) {
    case 'open':
      return host.open(command.id, command.name, command.options)
    case 'call':
      return host.call(command.id, command.method, command.parameters)
    case 'closeAll':
      return host.closeAll()
  }
}

parentPort!.on('message', (command: FarCommand) => {
  const { call } = command
  obey(command).then(
    (value) => answer({ call, value }),
    ({ name, message, code, errno }) => answer({ call, error: { name, message, code, errno } }),
  )
})
answer({ call: 0 })
