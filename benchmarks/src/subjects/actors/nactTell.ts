/** One actor of nact tells another, in one thread, as fast as it is taken. Prints the sample. */
import { dispatch, spawnStateless, start, type Ref } from 'nact'
import { monotonicMs } from '../monotonicClock.ts'
import { readOptions } from '../twoSides.ts'
import { valueOf, WINDOW, type TellOptions } from './values.ts'
import { WARM_UP_MS } from './warmUp.ts'

/** So many more messages may be told. */
interface Credit {
  readonly credit: number
}

const { what, messages } = readOptions<TellOptions>()
const value = valueOf(what)
const system = start()

/** Of the part that is under way: messages that came, and what to do when the last one has. */
const part = { seen: 0, told: 0, isLastTold: false, ended: (): void => undefined }

const sink = spawnStateless(system, (told: unknown) => {
  if (told === undefined) throw new Error('a message without its value')
  if (++part.seen % (WINDOW / 2) === 0) dispatch(source, { credit: WINDOW / 2 })
  if (part.isLastTold && part.seen === part.told) part.ended()
}) as Ref<unknown>

/** Whether there is another message to tell. */
let more = (): boolean => false

const source = spawnStateless(system, ({ credit }: Credit) => {
  for (let left = credit; left > 0 && !part.isLastTold; left--) {
    part.told++
    part.isLastTold = !more()
    dispatch(sink, value)
  }
}) as Ref<Credit>

/** Tells as long as there is more to tell; settles when all of it was seen. */
function tellAll(hasMore: (told: number) => boolean): Promise<void> {
  return new Promise((resolve) => {
    Object.assign(part, { seen: 0, told: 0, isLastTold: false, ended: resolve })
    more = () => hasMore(part.told)
    dispatch(source, { credit: WINDOW })
  })
}

const warmUntil = monotonicMs() + WARM_UP_MS
await tellAll((told) => told % WINDOW !== 0 || monotonicMs() < warmUntil)
const begunMs = monotonicMs()
await tellAll((told) => told < messages)
const nanoseconds = Math.round((monotonicMs() - begunMs) * 1e6)
if (part.seen !== messages) throw new Error(`${part.seen} of ${messages} messages came`)
console.log(JSON.stringify({ messages, nanoseconds }))
process.exit()
