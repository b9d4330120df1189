import { isMainThread } from 'node:worker_threads'
import { createSystem, defineActor, type ActorRef } from '@ringpost/actors'
import { adder } from './developmentActors.ts'

// Run as it is, without a build: hosts find what it defines, here and in another file of TypeScript.

export const greeter = defineActor(import.meta.url, 'greeter', (ctx) => ({
  async greet(name: string, adders: ActorRef<typeof adder>): Promise<string> {
    const { total, host } = await adders.ask.add(2)
    return `hello ${name}, ${total} on ${host} of ${ctx.host}`
  },
}))

if (isMainThread) {
  const system = await createSystem({ hosts: 1 })
  const two = await system.spawn(adder, 40)
  const one = await system.spawn(greeter)
  console.log(await one.ask.greet('TypeScript', two))
  await system.close()
}
