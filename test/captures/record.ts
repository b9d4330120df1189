/**
 * `node test/dist/captures/record.js`: lets sockets of libzmq talk to each other and writes down
 * every byte, for the tests of the wire in `packages/transport`. To be run again with a new libzmq.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { context, curveKeyPair, Reply, version } from 'zeromq'
import { type Conversation, conversations, inTheClear, REFUSED } from './conversations.ts'
import { Recording } from './recording.ts'

/** From `test/dist/captures`. */
const sessions = new URL('../../../packages/transport/src/testing/sessions/', import.meta.url)
const recordedWith = { zeromq: '6.8.0', libzmq: version, node: process.version }

const serverKeys = curveKeyPair()
const clientKeys = curveKeyPair()

/** What the options of both sides are, by the name of the mechanism. */
const mechanisms = {
  NULL: { client: {}, server: {}, keys: undefined },
  PLAIN: {
    client: { plainUsername: 'alice', plainPassword: 'secret' },
    server: { plainServer: true },
    keys: undefined,
  },
  CURVE: {
    client: {
      curvePublicKey: clientKeys.publicKey,
      curveSecretKey: clientKeys.secretKey,
      curveServerKey: serverKeys.publicKey,
    },
    server: { curveServer: true, curveSecretKey: serverKeys.secretKey },
    // Of no use to anybody but the tests.
    keys: { server: serverKeys, client: clientKeys },
  },
} as const

type Mechanism = keyof typeof mechanisms

/** Lets everybody in, but for one domain. @see RFC 27/ZAP */
async function authenticate(handler: Reply): Promise<void> {
  for await (const [zapVersion, requestId, domain] of handler) {
    const isRefused = domain!.toString() === REFUSED
    const verdict = isRefused ? ['400', 'no', '', ''] : ['200', 'yes', 'alice', '']
    await handler.send([zapVersion!, requestId!, ...verdict])
  }
}

async function record(
  name: string,
  mechanism: Mechanism,
  conversation: Conversation,
): Promise<void> {
  const { client, server } = conversation
  client.linger = 0
  server.linger = 0
  await server.bind('tcp://127.0.0.1:*')
  const recording = await Recording.start(Number(server.lastEndpoint!.split(':').at(-1)))
  client.connect(recording.endpoint)
  const received = await conversation.talk(recording)
  client.close()
  server.close()
  recording.close()
  const session = {
    recordedWith,
    mechanism,
    keys: mechanisms[mechanism].keys,
    fromClient: recording.fromClient.toString('hex'),
    fromServer: recording.fromServer.toString('hex'),
    received: { client: received.client.map(hexOf), server: received.server.map(hexOf) },
  }
  const file = `${mechanism.toLowerCase()}-${name}.json`
  writeFileSync(new URL(file, sessions), `${JSON.stringify(session, null, 1)}\n`)
  console.log(file)
}

const hexOf = (message: readonly Buffer[]) => message.map((frame) => frame.toString('hex'))

mkdirSync(sessions, { recursive: true })
context.blocky = false
const handler = new Reply()
await handler.bind('inproc://zeromq.zap.01')
const authenticating = authenticate(handler)
for (const mechanism of Object.keys(mechanisms) as Mechanism[]) {
  const { client, server } = mechanisms[mechanism]
  for (const [name, prepare] of Object.entries(conversations)) {
    await record(name, mechanism, prepare(client, server))
  }
}
for (const [name, prepare] of Object.entries(inTheClear)) {
  await record(name, 'NULL', prepare(mechanisms.NULL.client, mechanisms.NULL.server))
}
handler.close()
await authenticating
