import { describe, expect, it } from 'vitest'
import { define, lost, refFrom, settled, startHosts } from '../testing/hosts.test-support.ts'
import type { ActorRef } from './ref.ts'

const no = Symbol('no') as unknown as string

const holder = define(() => ({
  hold: (_value: unknown) => undefined,
  give: () => no,
  askOther: (other: ActorRef<{ hold(value: unknown): void }>) => other.ask.hold(no),
  never: () => new Promise<void>(() => undefined),
}))

const errorFrom = async (act: () => unknown): Promise<unknown> => {
  try {
    return await act()
  } catch (error) {
    return error
  }
}

describe.each([
  ['its own thread', 1],
  ['another host', 2],
])('what cannot be sent to an actor, from %s', (_, count) => {
  async function spawnHolder() {
    const hosts = startHosts(count)
    const [program, home] = [hosts[0]!, hosts.at(-1)!]
    const name = `holder${count}`
    const handle = await home.spawn(holder.with({ host: 'here', name }), [])
    const ref = refFrom(program, handle)
    return { ref, hosts, program, name: program.nameOf(ref.address), path: `/${name}` }
  }

  it.each(['tell', 'send', 'ask'] as const)(
    'fails a %s, by the actor and the message',
    async (verb) => {
      const { ref, name } = await spawnHolder()
      const error = await errorFrom(() => ref[verb].hold({ a: [no] }))
      expect(error).toMatchObject({ code: 'EVALUE' })
      expect((error as Error).message).toMatch(`hold of ${name}: value[0].a[0] is a symbol`)
    },
  )

  it('fails a stream, by the actor and the message', async () => {
    const { ref, name } = await spawnHolder()
    const stream = ref.stream as unknown as { hold(value: unknown): AsyncGenerator }
    expect(await errorFrom(() => stream.hold(no).next())).toMatchObject({
      code: 'EVALUE',
      message: `hold of ${name}: value[0] is a symbol`,
    })
  })

  it('fails an answer, by the actor and the message', async () => {
    const { ref, name } = await spawnHolder()
    expect(await errorFrom(() => ref.ask.give())).toMatchObject({
      code: 'EVALUE',
      message: `give of ${name}: value is a symbol`,
    })
  })

  it('is told as it was by a handler, of what that has asked', async () => {
    const { ref, path } = await spawnHolder()
    const other = await errorFrom(() => ref.ask.askOther(ref))
    expect(other).toMatchObject({
      code: 'EVALUE',
      isFromHandler: true,
      message: `hold of ${path}: value[0] is a symbol`,
    })
  })
})

it('an ask fails with the host of its actor, by the actor and the message', async () => {
  const [here, there] = startHosts(2)
  const ref = refFrom(here!, await there!.spawn(holder.with({ host: 'here' }), []))
  const name = here!.nameOf(ref.address)
  const message = `never of ${name}: host 1 is gone: an error was not caught there: gone`
  const asked = errorFrom(() => ref.ask.never())
  await settled()
  here!.lose(lost(1, new Error('gone')))
  expect(await asked).toMatchObject({ code: 'EHOSTDOWN', message })
  await settled()
  here!.whereabouts.moves.settle(1)
  for (const verb of ['ask', 'send'] as const)
    expect(await errorFrom(() => ref[verb].never())).toMatchObject({ code: 'EHOSTDOWN', message })
})
