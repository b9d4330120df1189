// A chat that runs by itself: a server and three users, a process each, over tcp

import { Terminal } from './terminal.ts'

const server = new Terminal('server', 'tcp://127.0.0.1:*')
const endpoint = (await server.shows('Listening at ')).slice('Listening at '.length)
const join = (user: string, room: string) => new Terminal('user', user, room, endpoint)

/** Settles when all of them show the line. */
const all = (line: string, ...terminals: Terminal[]) =>
  Promise.all(terminals.map((each) => each.shows(line)))

const ann = join('ann', 'kitchen')
await all('* ann has come', ann)
ann.types('/subject Lunch')
await all('* The subject: Lunch', ann)

const bob = join('bob', 'kitchen')
await all('* bob has come', ann, bob)
bob.types('Soup?')
await all('bob: Soup?', ann, bob)

const eve = join('eve', 'attic')
await all('* eve has come', eve)
eve.types('Is anybody here?')
await all('eve: Is anybody here?', eve)

ann.types('Soup, yes.')
await all('ann: Soup, yes.', ann, bob)
await bob.ends('SIGKILL')
await all('* bob has left', ann)

for (const user of [ann, eve]) {
  user.types('/leave')
  await user.ends()
}
await all('kitchen/people: ann has left', server)
await all('attic/people: eve has left', server)
await server.ends('SIGTERM')

for (const [name, { lines }] of Object.entries({ ann, bob, eve }))
  console.log([`What ${name} saw:`, ...lines].join('\n  '))

// Prints:
//
//   What ann saw:
//     * ann has come
//     * The subject: Lunch
//     * bob has come
//     bob: Soup?
//     ann: Soup, yes.
//     * bob has left
//   What bob saw:
//     * The subject: Lunch
//     * bob has come
//     bob: Soup?
//     ann: Soup, yes.
//   What eve saw:
//     * eve has come
//     eve: Is anybody here?
