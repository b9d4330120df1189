import { BlockList, isIP } from 'node:net'

/** What stands for peers at Unix domain sockets, which have no address; libzmq has a name for them. */
export const UNIX_PEER = 'localhost'

const form = /^\[?(?<address>[^[\]/]*)\]?(?:\/(?<bits>\d{1,3}))?$/

/**
 * A list of addresses and networks, such as `127.0.0.1`, `10.0.0.0/8` and `fe80::/10`; an address of
 * version 4 is on it in the form of version 6, too. `localhost` is whoever comes over ipc.
 */
export class Networks {
  readonly #list = new BlockList()
  readonly #hasUnixPeers: boolean

  /** @throws {TypeError} one of them is neither */
  constructor(networks: Iterable<string>) {
    const all = [...networks]
    this.#hasUnixPeers = all.includes(UNIX_PEER)
    for (const network of all) if (network !== UNIX_PEER) this.#add(network)
  }

  #add(network: string): void {
    if (typeof network !== 'string') throw new TypeError('An address must be a string')
    const { address = '', bits } = form.exec(network)?.groups ?? {}
    const version = isIP(address)
    const most = version === 4 ? 32 : 128
    if (version === 0 || Number(bits ?? 0) > most) {
      throw new TypeError(`${JSON.stringify(network)} is no address and no network`)
    }
    const family = version === 4 ? 'ipv4' : 'ipv6'
    if (bits === undefined) this.#list.addAddress(address, family)
    else this.#list.addSubnet(address, Number(bits), family)
  }

  has(address: string): boolean {
    const version = isIP(address)
    if (version === 0) return address === UNIX_PEER && this.#hasUnixPeers
    const withoutScope = address.replace(/%.*$/, '')
    return this.#list.check(withoutScope, version === 4 ? 'ipv4' : 'ipv6')
  }
}
