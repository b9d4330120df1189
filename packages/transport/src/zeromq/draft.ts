/** The newer types of sockets, as zeromq.js 6 has them in a module of their own. */
import '../index.ts'

export { Client, Datagram, Dish, Gather, Radio, Scatter, Server } from '@ringpost/core'
