import type { MessagePort } from 'node:worker_threads'
import { STOP, type CallbackSubject } from './roundTripSubject.ts'

/** Posts back each message that arrives, until that was a STOP. */
export function echoMessages(port: MessagePort): Promise<void> {
  return new Promise((resolve) => {
    port.on('message', (message: Uint8Array) => {
      port.postMessage(message)
      if (message[0] === STOP) resolve()
    })
  })
}

/** `postMessage` both ways, with an event handler on both sides. */
export const subject: CallbackSubject = {
  style: 'callbacks',
  openRequester({ port }, arrived) {
    port.on('message', arrived)
    return {
      depart: (message) => port.postMessage(message),
      close() {},
    }
  },
  openEcho: ({ port }) => ({ run: () => echoMessages(port), close() {} }),
}
