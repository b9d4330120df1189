/** Takes one connection and discards what comes; ends with it. */
import { createServer, type AddressInfo } from 'node:net'

const server = createServer((socket) => {
  socket.resume()
  socket.once('close', () => process.exit())
})
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port))
