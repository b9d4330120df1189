// News over a WebSocket: the subscriber could as well be a page in a browser, with the same calls of
// `@ringpost/transport/browser`.

import { Subscriber, XPublisher } from '@ringpost/transport'

const news = new XPublisher()
await news.bind('ws://127.0.0.1:*/news')

const reader = new Subscriber()
reader.connect(String(news.lastEndpoint))
reader.subscribe('weather')
await news.receive() // the subscription

await news.send(['sports', 'Nobody has asked for this'])
await news.send(['weather', 'Sunny'])
console.log((await reader.receive()).join(': '))

reader.close()
news.close()

// Prints:
//
//   weather: Sunny
