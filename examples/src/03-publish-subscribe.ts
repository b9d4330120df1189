// Each subscriber names the beginnings of the messages that it wants; the publisher sends no
// others. What nobody wants is dropped.

import { Publisher, Subscriber } from '@ringpost/core'

const news = new Publisher()
await news.bind('inproc://news')

const fan = new Subscriber()
fan.connect('inproc://news')
fan.subscribe('sport')

const reader = new Subscriber()
reader.connect('inproc://news')
reader.subscribe('sport.chess', 'weather')

// A message may have several parts; the first one decides.
await news.send(['sport.chess', 'Draw after 136 moves'])
await news.send(['politics', 'Nobody listens'])
await news.send(['sport.tennis', 'Rain stops play'])
await news.send(['weather', 'Rain'])

for (let n = 0; n < 2; n++) console.log(`fan:    ${(await fan.receive()).join(': ')}`)
for (let n = 0; n < 2; n++) console.log(`reader: ${(await reader.receive()).join(': ')}`)

// Prints:
//
//   fan:    sport.chess: Draw after 136 moves
//   fan:    sport.tennis: Rain stops play
//   reader: sport.chess: Draw after 136 moves
//   reader: weather: Rain
