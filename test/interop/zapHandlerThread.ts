import { parentPort } from 'node:worker_threads'
import { Router } from '@ringpost/transport'

/**
 * A ZAP handler in a thread of its own, that answers when three have asked: those who asked last
 * first, and lets in all but the second.
 */
const router = new Router()
router.bindSync('inproc://zeromq.zap.01')
parentPort!.postMessage('bound')

const asked: Buffer[][] = []
for (let count = 0; count < 3; count++) {
  asked.push(await router.receive())
  parentPort!.postMessage('asked')
}
for (const [index, [peer, delimiter, version, id]] of [...asked.entries()].toReversed()) {
  const status = index === 1 ? '400' : '200'
  await router.send([peer!, delimiter!, version!, id!, status, '', '', ''])
}
parentPort!.once('message', () => router.close())
