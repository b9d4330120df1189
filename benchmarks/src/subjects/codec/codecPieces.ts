/**
 * The pieces of the wire, which the transport keeps to itself: loaded from where they are built.
 */
import type { CurveTraffic } from '../../../../packages/transport/dist/mechanism/curveTraffic.js'
import type {
  OwnNonces,
  PeerNonces,
} from '../../../../packages/transport/dist/mechanism/nonceSequence.js'
import type { loadSodium } from '../../../../packages/transport/dist/mechanism/sodium.js'
import type { FrameCipher } from '../../../../packages/transport/dist/wire/frameCipher.js'
import type { FrameDecoder } from '../../../../packages/transport/dist/wire/frameDecoder.js'
import type { FrameEncoder } from '../../../../packages/transport/dist/wire/frameEncoder.js'

interface Pieces {
  readonly FrameEncoder: typeof FrameEncoder
  readonly FrameDecoder: typeof FrameDecoder
  /** A cipher of fixed keys, whose own messages it can open. */
  readonly makeCipher: () => FrameCipher
}

const built = new URL('../../../../packages/transport/dist/', import.meta.url)

async function load<T>(path: string): Promise<T> {
  return (await import(new URL(path, built).href)) as T
}

export async function loadPieces(): Promise<Pieces> {
  const encoder = await load<Pick<Pieces, 'FrameEncoder'>>('wire/frameEncoder.js')
  const decoder = await load<Pick<Pieces, 'FrameDecoder'>>('wire/frameDecoder.js')
  const traffic = await load<{ CurveTraffic: typeof CurveTraffic }>('mechanism/curveTraffic.js')
  const nonces = await load<{ OwnNonces: typeof OwnNonces; PeerNonces: typeof PeerNonces }>(
    'mechanism/nonceSequence.js',
  )
  const crypto = await load<{ loadSodium: typeof loadSodium }>('mechanism/sodium.js')
  const sodium = await crypto.loadSodium()
  const key = Buffer.alloc(32, 1)
  return {
    ...encoder,
    ...decoder,
    makeCipher: () =>
      new traffic.CurveTraffic(
        sodium,
        { own: key, peer: key },
        new nonces.OwnNonces(),
        new nonces.PeerNonces(),
      ),
  }
}
