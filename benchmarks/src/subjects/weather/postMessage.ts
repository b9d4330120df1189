import { Buffer } from 'node:buffer'
import { listen } from '../listen.ts'
import type { WeatherSubject } from './weatherSubject.ts'

/** One `postMessage` per update, filtered by whoever receives it: there is no other place. */
export const subject: WeatherSubject = {
  openPublisher: ({ port }) => ({
    publish(updates, count) {
      for (let n = 0; n < count; n++) port.postMessage(updates.next())
    },
    say: (word) => port.postMessage(word),
    close() {},
  }),
  openSubscriber: ({ port }, prefixes) => ({
    listen: (hear) =>
      listen(port, (message: string | Uint8Array) => {
        const text = typeof message === 'string' ? message : Buffer.from(message).toString()
        const isWanted = prefixes.some((prefix) => text.startsWith(prefix))
        return isWanted && !hear(text) ? 'done' : 'more'
      }),
    close() {},
  }),
}
