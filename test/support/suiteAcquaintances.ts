import type { Socket } from './suiteApi.ts'

/** How many peers a socket has met at an endpoint, or lost, and how many of those were waited for. */
interface Count {
  happened: number
  awaited: number
  notify: () => void
}

const events = { met: 'handshake', lost: 'disconnect' } as const

/** Waits for the peers of sockets by the events that tell of them. */
export class Acquaintances {
  readonly #counts = new Map<Socket, Map<string, Count>>()

  /** Resolves when so many more peers have been met at the endpoint. */
  met(socket: Socket, count: number, endpoint: string): Promise<void> {
    return this.#await(socket, 'met', count, endpoint)
  }

  /** Resolves when so many more peers have gone. */
  lost(socket: Socket, count: number, endpoint: string): Promise<void> {
    return this.#await(socket, 'lost', count, endpoint)
  }

  async #await(
    socket: Socket,
    what: keyof typeof events,
    count: number,
    endpoint: string,
  ): Promise<void> {
    const counted = countOf(this.#countsOf(socket, what), `${events[what]} ${endpoint}`)
    counted.awaited += count
    while (counted.happened < counted.awaited) {
      await new Promise<void>((resolve) => (counted.notify = resolve))
    }
  }

  #countsOf(socket: Socket, what: keyof typeof events): Map<string, Count> {
    const known = this.#counts.get(socket)
    if (known !== undefined) return known
    const counts = new Map<string, Count>()
    this.#counts.set(socket, counts)
    const observer = socket.events
    const happened = ({ type, address }: { type: string; address?: string }): void => {
      const counted = countOf(counts, `${type} ${address ?? ''}`)
      counted.happened++
      counted.notify()
    }
    // What has happened before is told to the first to listen.
    observer.on(events[what], happened)
    for (const type of Object.values(events)) {
      if (type !== events[what]) observer.on(type, happened)
    }
    return counts
  }
}

function countOf(counts: Map<string, Count>, key: string): Count {
  const known = counts.get(key)
  if (known !== undefined) return known
  const counted: Count = { happened: 0, awaited: 0, notify: () => undefined }
  counts.set(key, counted)
  return counted
}
