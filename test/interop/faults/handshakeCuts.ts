import {
  Authenticator,
  Context,
  context as ownThreads,
  Pull,
  Push,
  type Socket,
} from '@ringpost/transport'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Mechanism, mechanisms, rules } from '../../support/credentials.ts'
import { FaultyLink, type Cut, type Direction } from '../../support/faultyLink.ts'
import { Ledger } from '../../support/ledger.ts'
import { stamped } from '../../support/stamped.ts'
import { Opened } from '../libraries.ts'

const places = [
  { place: 'threads of their own', context: ownThreads },
  { place: 'the loop of the sockets', context: new Context({ ioThreads: 0 }) },
]

const anywhere = { tcp: 'tcp://127.0.0.1:*', ipc: 'ipc://*', ws: 'ws://127.0.0.1:*' } as const

/** Resolves when a socket that connects through a link has done so for this time. */
export async function handshakes(
  socket: Socket,
  link: FaultyLink,
  connections: number,
): Promise<void> {
  for await (const { type } of socket.events) {
    if (type === 'handshake' && link.connections >= connections) return
  }
}

/** What happens when connections are cut in the handshake, wherever that is. */
export function describeHandshakeCuts(scheme: keyof typeof anywhere, mechanism: Mechanism): void {
  const { client, server } = mechanisms[mechanism]

  describe.each(places)(
    `a connection over ${scheme} with ${mechanism}, with I/O in $place,`,
    ({ context }) => {
      const opened = new Opened()
      beforeEach(() => {
        if (mechanism !== 'NULL') opened.add(new Authenticator({ context, ...rules }))
      })
      afterEach(() => opened.close())

      const linkTo = async (
        socket: Socket,
        nextCut?: (connection: number) => Cut | undefined,
      ): Promise<FaultyLink> => opened.add(await FaultyLink.open(socket.lastEndpoint!, nextCut))

      /** How many bytes each side sends until both know each other. */
      async function handshakeBytes(pull: Pull): Promise<Record<Direction, number>> {
        const link = await linkTo(pull)
        const push = opened.add(new Push({ context, ...client }))
        push.connect(link.endpoint)
        await Promise.all([handshakes(push, link, 1), handshakes(pull, link, 1)])
        const bytes = { ...link.carried(0) }
        push.close()
        return bytes
      }

      it.each(['forth', 'back'] as const)(
        'that is cut on the way %s, at each byte, is made anew, and carries what has waited',
        async (direction) => {
          const pull = opened.add(new Pull({ context, ...server }))
          await pull.bind(anywhere[scheme])
          const bytes = (await handshakeBytes(pull))[direction]
          expect(bytes).toBeGreaterThan(64)
          const link = await linkTo(pull, (connection) =>
            connection < bytes
              ? { direction, afterBytes: connection, how: connection % 2 === 1 ? 'reset' : 'close' }
              : undefined,
          )
          const push = opened.add(
            new Push({ context, reconnectInterval: 1, sendHighWaterMark: 0, ...client }),
          )
          let sequence = 0
          push.events.on('disconnect', () => {
            // The last one may be told when the test has ended.
            if (!push.closed) void push.send(stamped(1, sequence++, [10]))
          })
          const connected = new Promise<void>((resolve) => {
            push.events.on('handshake', () => {
              if (link.connections > bytes) resolve()
            })
          })
          push.connect(link.endpoint)
          await connected
          const last = sequence++
          await push.send(stamped(1, last, [10]))
          const ledger = new Ledger()
          while (ledger.lastOf(1) < last) ledger.enter(await pull.receive())
          // Who connects knows the other only when all of it has come back: until then nothing has left.
          if (direction === 'back') expect(ledger.count).toBe(sequence)
        },
      )
    },
  )
}
