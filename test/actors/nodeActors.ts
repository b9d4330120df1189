import { defineActor, type ActorRef } from '@ringpost/actors'

/** Holds numbers, and ends as it is told. */
export const account = defineActor(import.meta.url, 'account', (ctx, start: number) => {
  let amount = start
  return {
    add(by: number) {
      amount += by
    },
    amount() {
      return amount
    },
    async *amounts(count: number) {
      for (let n = 0; n < count; n++) yield amount++
    },
    place() {
      return ctx.host
    },
    never() {
      return new Promise<void>((resolve) => {
        ctx.signal.addEventListener('abort', () => resolve(), { once: true })
      })
    },
    close() {
      ctx.stop()
    },
    exit(): void {
      process.exit(3)
    },
  }
})

type Account = ActorRef<typeof account>

/** Calls accounts, wherever they are. */
export const clerk = defineActor(import.meta.url, 'clerk', (ctx) => {
  const ends: string[] = []
  return {
    async move(by: number, from: Account, to: Account) {
      from.tell.add(-by)
      await to.send.add(by)
      return (await from.ask.amount()) + (await to.ask.amount())
    },
    async sum(of: Account, count: number) {
      let sum = 0
      for await (const amount of of.stream.amounts(count)) sum += amount
      return sum
    },
    async failure(of: Account, timeoutMs: number) {
      try {
        await of.with({ timeoutMs }).ask.never()
        return 'none'
      } catch (error) {
        return (error as { code: string }).code
      }
    },
    watch(it: Account) {
      ctx.watch(it, (down) => ends.push(down.reason))
      return it.ask.place()
    },
    ends() {
      return ends
    },
    pass(it: Account) {
      return it
    },
    name(it: Account) {
      return String(it)
    },
  }
})

/** Tells its heir, when it ends, as often as nobody misses by chance. */
export const leaver = defineActor(import.meta.url, 'leaver', (ctx) => {
  let heir: Account | undefined
  ctx.onStop(() => {
    for (let n = 0; n < 10; n++) heir?.tell.add(1)
  })
  return {
    leaveTo(it: Account) {
      heir = it
    },
  }
})
