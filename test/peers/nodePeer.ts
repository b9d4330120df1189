/**
 * `node nodePeer.js zeromq`: a socket of that package does what is called for on stdin; the answers
 * are on stdout.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type * as zeromq from 'zeromq'
import { answerZap } from '../support/zapHandler.ts'
import { type Answer, type Call, type Envelope, readEnvelopes, writeEnvelope } from './envelope.ts'
import type { End } from './library.ts'
import { NodeLibrary } from './nodeLibrary.ts'

const [packageName = ''] = process.argv.slice(2)
const require = createRequire(import.meta.url)
const library = require(packageName) as typeof zeromq
const sockets = new NodeLibrary(library)
library.context.blocky = false
const handler = new library.Reply()
await handler.bind('inproc://zeromq.zap.01')
const admitted = new Set<string>()
void answerZap(handler, admitted)

let end: End | undefined

function packageVersion(): string {
  const file = join(dirname(require.resolve(packageName)), '../package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

async function perform({ head, frames }: Envelope<Call>): Promise<Envelope<Answer>> {
  const result = (value?: unknown): Envelope<Answer> => ({ head: { result: value }, frames: [] })
  switch (head.call) {
    case 'admit':
      for (const credential of frames) admitted.add(credential.toString('hex'))
      return result()
    case 'version':
      return result({ binding: `zeromq.js ${packageVersion()}`, libzmq: library.version })
    case 'open':
      end = await sockets.open(...head.arguments)
      return result()
    case 'send':
      return result(await end!.send(frames))
    case 'receive':
      return { head: {}, frames: await end!.receive() }
    default: {
      const method = end![head.call] as (...given: readonly string[]) => Promise<unknown>
      return result(await method.apply(end, [...head.arguments]))
    }
  }
}

for await (const call of readEnvelopes<Call>(process.stdin)) {
  const answer = await perform(call).catch((error: unknown): Envelope<Answer> => ({
    head: { error: String(error) },
    frames: [],
  }))
  writeEnvelope(process.stdout, answer)
}
// Whatever a test that failed has left open.
process.exit()
