// A user of the chat: what is typed is said; "/subject …" names the room's subject, "/leave" leaves
// Arguments: the user's name, the room (kitchen), the server (tcp://127.0.0.1:9000)

import { createInterface } from 'node:readline'
import { createSystem, defineActor } from '@ringpost/actors'
import type { Kind, seat } from './seat.ts'

const [user, room = 'kitchen', server = 'tcp://127.0.0.1:9000'] = process.argv.slice(2)
if (user === undefined) throw new Error('who are you? node user.js <name> [room] [server]')

const screen = defineActor(import.meta.url, 'screen', () => ({
  show(kind: Kind, text: string): void {
    if (kind === 'talk') console.log(text)
    else console.log(kind === 'people' ? `* ${text}` : `* The subject: ${text}`)
  },
}))

await using system = await createSystem({ hosts: 0 })
const node = await system.connect(server)
await using mine = await node.spawn<typeof seat>('seat', user, room, await system.spawn(screen))

const keyboard = createInterface({ input: process.stdin })
void mine.down().then(({ reason }) => {
  if (reason !== 'stopped') console.log(`* The room is closed: ${reason}`)
  keyboard.close()
})
for await (const line of keyboard) {
  if (line === '/leave') break
  if (line.startsWith('/subject ')) await mine.send.name(line.slice('/subject '.length))
  else if (line !== '') await mine.send.say(line)
}
