/**
 * `node test/dist/captures/record.js`: lets sockets of libzmq talk to each other and writes down
 * every byte, for the tests of the wire in `packages/transport`. To be run again with a new libzmq.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import type { End, Message } from '../peers/library.ts'
import { ProcessLibrary } from '../peers/processLibrary.ts'
import { credentials, keys, type Mechanism, mechanisms } from '../support/credentials.ts'
import { asVersionTwo, Recording } from '../support/recording.ts'
import {
  type Conversation,
  inTheClear,
  messagesOnly,
  type Received,
  underAnyMechanism,
} from './conversations.ts'

/** From `test/dist/captures`. */
const sessions = new URL('../../../packages/transport/src/testing/sessions/', import.meta.url)

/** The libraries that are recorded, each twice: a process has one socket at a time. */
const libraries = [
  { version: '3.1', start: () => ProcessLibrary.python() },
  { version: '3.0', start: () => ProcessLibrary.node('zeromq-4.3.2') },
  { version: '3.1', start: () => ProcessLibrary.node('zeromq') },
]

/** What is recorded: of NULL, what can be read, and in the oldest version too. */
const takes: readonly {
  readonly prefix: string
  readonly mechanism: Mechanism
  readonly isVersionTwo?: boolean
  readonly conversations: readonly Conversation[]
}[] = [
  { prefix: 'null', mechanism: 'NULL', conversations: inTheClear },
  { prefix: 'plain', mechanism: 'PLAIN', conversations: underAnyMechanism },
  { prefix: 'curve', mechanism: 'CURVE', conversations: underAnyMechanism },
  { prefix: 'zmtp-2.0', mechanism: 'NULL', isVersionTwo: true, conversations: messagesOnly },
]

const hexOf = (message: Message): string[] => message.map((frame) => frame.toString('hex'))

/** Lets the two sockets talk, and tells what both got and what passed between them. */
async function record(
  conversation: Conversation,
  [client, server]: readonly [End, End],
  isVersionTwo = false,
): Promise<{ received: Received; recording: Recording }> {
  const endpoint = await server.bind('tcp://127.0.0.1:*')
  const recording = await Recording.start(endpoint, isVersionTwo ? asVersionTwo : undefined)
  await client.connect(recording.endpoint)
  const received = await conversation.talk(client, server, recording)
  await client.close()
  await server.close()
  recording.close()
  return { received, recording }
}

for (const { version, start } of libraries) {
  const [clients, servers] = [start(), start()]
  await servers.admit(credentials)
  const recordedWith = await servers.version()
  const folder = new URL(`${recordedWith.libzmq}/`, sessions)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const { prefix, mechanism, isVersionTwo, conversations } of takes) {
    const options = mechanisms[mechanism]
    for (const conversation of conversations) {
      const [[clientType, clientOptions], [serverType, serverOptions]] = [
        conversation.client,
        conversation.server,
      ]
      const ends = [
        await clients.open(clientType, { linger: 0, ...options.client, ...clientOptions }),
        await servers.open(serverType, { linger: 0, ...options.server, ...serverOptions }),
      ] as const
      const { received, recording } = await record(conversation, ends, isVersionTwo)
      const session = {
        recordedWith,
        version: isVersionTwo === true ? '2.0' : version,
        conversation: conversation.name,
        mechanism,
        // Of no use to anybody but the tests.
        keys: mechanism === 'CURVE' ? keys : undefined,
        fromClient: recording.fromClient.toString('hex'),
        fromServer: recording.fromServer.toString('hex'),
        received: { client: received.client.map(hexOf), server: received.server.map(hexOf) },
      }
      const file = new URL(`${prefix}-${conversation.name}.json`, folder)
      writeFileSync(file, `${JSON.stringify(session, null, 1)}\n`)
      console.log(file.pathname)
    }
  }
  await Promise.all([clients.end(), servers.end()])
}
