import { echoMessages } from './postMessage.ts'
import type { PromiseSubject } from './roundTripSubject.ts'

/** `postMessage` both ways; whoever asks awaits a promise per reply. */
export const subject: PromiseSubject = {
  style: 'promises',
  openRequester({ port }) {
    let settle: ((reply: Uint8Array) => void) | undefined
    port.on('message', (reply: Uint8Array) => settle?.(reply))
    return {
      travel: (message) =>
        new Promise((resolve) => {
          settle = resolve
          port.postMessage(message)
        }),
      close() {},
    }
  },
  openEcho: ({ port }) => ({ run: () => echoMessages(port), close() {} }),
}
