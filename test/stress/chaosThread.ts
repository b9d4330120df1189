import { threadId, workerData } from 'node:worker_threads'
import { Pair, Push, Request, Subscriber, Dealer } from '@ringpost/core'
import { randomOf } from './seeded.ts'
import { stamp, verify } from './stamp.ts'

/** What the main thread tells a chaos thread. */
export interface ChaosOrder {
  readonly seed: number
  /** Names that the main thread has bound. */
  readonly sink: string
  readonly echo: string
  readonly news: string
  readonly farewell: string
}

const order = workerData as ChaosOrder
const random = randomOf(order.seed)
const many = (most: number): number => Math.floor(random() * most)

/** Messages of one socket's life, numbered; the last one says how many there were. */
function flood(life: string): void {
  const push = new Push({ linger: -1 })
  push.connect(order.sink)
  const count = many(400)
  let next = 0
  while (next < count) {
    if (random() < 0.3) {
      const batch = Array.from({ length: Math.min(many(60) + 1, count - next) }, () =>
        stamp(life, next++, many(600)),
      )
      push.sendManySync(batch)
    } else {
      push.sendSync(stamp(life, next++, many(20_000)))
    }
  }
  push.sendSync(stamp(`${life} end`, count, 0))
  push.close()
}

/** Questions that are to come back as they are. */
function ask(life: string): void {
  const request = random() < 0.5 ? new Request() : undefined
  const socket = request ?? new Dealer()
  socket.connect(order.echo)
  for (let i = many(50); i > 0; i--) {
    const question = stamp(life, i, many(12_000))
    socket.sendSync(request === undefined ? ['', question] : question)
    const answer = socket.receiveSync()
    if (!answer.at(-1)!.equals(question)) throw new Error(`a wrong answer for ${life}`)
  }
  socket.close()
}

/** News of one topic: whole, of that topic, and in order. */
function listen(): void {
  const subscriber = new Subscriber()
  const topic = `topic ${many(4)} `
  subscriber.subscribe(topic)
  subscriber.connect(order.news)
  let last = -1
  for (let i = many(40); i > 0; i--) {
    const [name, body] = subscriber.receiveSync()
    if (name!.toString() !== topic) throw new Error(`${name!.toString()} instead of ${topic}`)
    const { number } = verify(body!)
    if (number <= last) throw new Error(`news ${number} after ${last}`)
    last = number
  }
  subscriber.close()
}

/** Names that come and go, within the thread and beside others that do the same. */
function bindAndUnbind(): void {
  const name = `inproc://chaos ${threadId} ${many(3)}`
  const bound = new Pair()
  const connected = new Pair()
  if (random() < 0.5) bound.bindSync(name)
  connected.connect(name)
  connected.sendSync(stamp('pair', 1, many(9000)))
  if (bound.lastEndpoint === null) bound.bindSync(name)
  verify(bound.receiveSync()[0]!)
  bound.unbindSync(name)
  if (random() < 0.5) connected.close()
  bound.close()
  connected.close()
}

const rounds = 3 + many(12)
for (let round = 0; round < rounds; round++) {
  const life = `${threadId}.${round}`
  const dice = random()
  if (dice < 0.45) flood(life)
  else if (dice < 0.7) ask(life)
  else if (dice < 0.85) listen()
  else bindAndUnbind()
}
const leaving = new Push()
leaving.connect(order.farewell)
leaving.sendSync(String(threadId))
leaving.close()
