import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { FarHost } from './suiteFarHost.ts'
import type { Zmq } from './suiteApi.ts'
import type { FarAnswer } from './suiteFarThread.ts'
import type { FarSide, FarSocket, FarThread, SocketName } from './suiteSubject.ts'

/** How a command reaches the host of the far sockets. */
interface Commands {
  open(id: number, ...rest: Parameters<FarSide['open']>): Promise<unknown>
  call(id: number, method: string, parameters: unknown[]): Promise<unknown>
  closeAll(): Promise<unknown>
}

/** Far sockets in this very thread. */
export function farHere(zmq: Zmq): FarSide {
  const host = new FarHost(zmq)
  return farSide({
    open: async (id, name, options) => host.open(id, name, options),
    call: (id, method, parameters) => host.call(id, method, parameters),
    closeAll: async () => host.closeAll(),
  })
}

/**
 * Far sockets in a thread of their own, which loads the module by itself.
 *
 * @param module the URL of what the thread imports
 */
export async function farThread(module: string): Promise<FarThread> {
  const worker = new Worker(new URL('../dist/support/suiteFarThread.js', import.meta.url), {
    workerData: { module },
  })
  await once(worker, 'message')
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let lastCall = 0

  worker.on('message', ({ call, value, error }: FarAnswer) => {
    const caller = waiting.get(call)
    waiting.delete(call)
    if (error) caller?.reject(Object.assign(new Error(error.message), error))
    else caller?.resolve(value)
  })
  const abandon = (error: Error): void => {
    for (const caller of waiting.values()) caller.reject(error)
    waiting.clear()
  }
  worker.on('error', abandon)
  worker.on('exit', () => abandon(new Error('the far thread has ended')))

  const ask = (command: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const call = ++lastCall
      waiting.set(call, { resolve, reject })
      worker.postMessage({ call, ...command })
    })

  return {
    ...farSide({
      open: (id, name, options) => ask({ action: 'open', id, name, options }),
      call: (id, method, parameters) => ask({ action: 'call', id, method, parameters }),
      closeAll: () => ask({ action: 'closeAll' }),
    }),
    terminate: async () => void (await worker.terminate()),
  }
}

function farSide(commands: Commands): FarSide {
  let lastId = 0
  return {
    open: async (name, options) => {
      const id = ++lastId
      await commands.open(id, name, options)
      return farSocket(name, (method, ...parameters) => commands.call(id, method, parameters))
    },
    closeAll: async () => void (await commands.closeAll()),
  }
}

function farSocket(
  name: SocketName,
  call: (method: string, ...parameters: unknown[]) => Promise<unknown>,
): FarSocket {
  const action =
    (method: string) =>
    async (...parameters: unknown[]): Promise<void> =>
      void (await call(method, ...parameters))
  return {
    name,
    bind: action('bind'),
    unbind: action('unbind'),
    connect: action('connect'),
    disconnect: action('disconnect'),
    subscribe: action('subscribe'),
    unsubscribe: action('unsubscribe'),
    join: action('join'),
    leave: action('leave'),
    send: action('send'),
    receive: async () => frames(await call('receive')),
    take: async (count) => ((await call('take', count)) as unknown[]).map(frames),
    sendNumbers: action('sendNumbers'),
    echo: action('echo'),
    set: action('set'),
    get: (option) => call('get', option),
    shutdownContext: action('shutdownContext'),
    close: action('close'),
  }
}

/** Buffers arrive from another thread as plain byte arrays. */
function frames(message: unknown): Buffer[] {
  return (message as unknown[]).map((part) =>
    part instanceof Uint8Array
      ? Buffer.from(part.buffer, part.byteOffset, part.byteLength)
      : (part as Buffer),
  )
}
