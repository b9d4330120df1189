import { parentPort, workerData } from 'node:worker_threads'
import { FarHost } from './suiteFarHost.mjs'

/**
 * The entry of the far thread: answers each command `{ call, ... }` with `{ call, value }` or
 * `{ call, error }`. Nothing but the name of the module is handed over.
 */
const host = new FarHost(await import(workerData.module))

const actions = {
  open: ({ id, name, options }) => host.open(id, name, options),
  call: ({ id, method, parameters }) => host.call(id, method, parameters),
  closeAll: () => host.closeAll(),
}

parentPort.on('message', async (command) => {
  const { call, action } = command
  try {
    parentPort.postMessage({ call, value: await actions[action](command) })
  } catch (error) {
    const { name, message, code, errno } = error
    parentPort.postMessage({ call, error: { name, message, code, errno } })
  }
})
parentPort.postMessage({ call: 0 })
