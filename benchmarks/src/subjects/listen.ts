import type { MessagePort } from 'node:worker_threads'

/** Calls `take` for each value that arrives, until it says that nothing more is to come. */
export function listen<Value>(
  port: MessagePort,
  take: (value: Value) => 'more' | 'done',
): Promise<void> {
  return new Promise((resolve, reject) => {
    const hear = (value: Value): void => {
      try {
        if (take(value) === 'more') return
        port.off('message', hear)
        resolve()
      } catch (error) {
        port.off('message', hear)
        reject(error)
      }
    }
    port.on('message', hear)
  })
}
