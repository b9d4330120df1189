import { readFileSync } from 'node:fs'

/** States and timers as Linux numbers them. */
const ESTABLISHED = '01'
const KEEPALIVE = 2
const TICKS_PER_SECOND = 100

/**
 * In how many seconds the system will probe the connections to a port of 127.0.0.1: for each end of each
 * connection rounded up to hundreds; undefined for one that it will not, or not before it has sent something.
 *
 * @see proc(5) /proc/net/tcp
 */
export function secondsToProbes(port: number): (number | undefined)[] {
  const place = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const table = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1)
  return table.flatMap((line) => {
    const [, local, remote, state, , timer] = line.trim().split(/\s+/)
    if (state !== ESTABLISHED || (local !== place && remote !== place)) return []
    const [kind, ticks] = timer!.split(':').map((field) => parseInt(field, 16)) as [number, number]
    return [kind === KEEPALIVE ? Math.ceil(ticks / TICKS_PER_SECOND / 100) * 100 : undefined]
  })
}
