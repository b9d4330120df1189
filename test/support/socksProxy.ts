import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import { ByteReader } from './byteReader.ts'

/** A SOCKS5 proxy, as small as can be. @see RFC 1928, RFC 1929 */
export class SocksProxy {
  readonly #server = net.createServer((stream) => {
    // A connection that is cut off is no fault of the proxy's.
    this.#serve(stream).catch(() => stream.destroy())
  })
  readonly #streams = new Set<Socket>()
  /** Who may come, as `name:password`; undefined for everybody. */
  user: string | undefined
  /** Says nothing from now on. */
  isSilent = false
  /** Where it was to connect to. */
  readonly asked: string[] = []

  static async start(user?: string): Promise<SocksProxy> {
    const proxy = new SocksProxy()
    proxy.user = user
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.close()
    for (const stream of this.#streams) stream.destroy()
  }

  #keep(stream: Socket): Socket {
    this.#streams.add(stream)
    // Its end is what matters.
    return stream.on('error', () => undefined).on('close', () => this.#streams.delete(stream))
  }

  async #serve(stream: Socket): Promise<void> {
    this.#keep(stream)
    if (this.isSilent) return
    const reader = new ByteReader(stream)
    const take = async (count: number): Promise<Buffer> =>
      (await reader.take(count)) ?? Buffer.alloc(count)
    const text = async (): Promise<string> => String(await take((await take(1))[0]!))
    const [, methods] = await take(2)
    const offered = await take(methods!)
    const wanted = this.user === undefined ? 0 : 2
    if (!offered.includes(wanted)) {
      stream.end(Buffer.of(5, 0xff))
      return
    }
    stream.write(Buffer.of(5, wanted))
    if (this.user !== undefined) {
      await take(1)
      const given = `${await text()}:${await text()}`
      if (given !== this.user) {
        stream.end(Buffer.of(1, 1))
        return
      }
      stream.write(Buffer.of(1, 0))
    }
    const [, , , type] = await take(4)
    const host = type === 3 ? await text() : (await take(4)).join('.')
    const port = (await take(2)).readUInt16BE()
    this.asked.push(`${host}:${port}`)
    const far = this.#keep(net.connect({ host, port }))
    try {
      await once(far, 'connect')
    } catch {
      stream.end(Buffer.of(5, 5, 0, 1, 0, 0, 0, 0, 0, 0))
      return
    }
    stream.write(Buffer.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 80))
    far.pipe(stream)
    for await (const chunk of reader.rest()) far.write(chunk)
    far.end()
  }
}
