import { type DeniedStatus, WireError, type ZapErrorCode } from '../errors.ts'
import type { MechanismName, Verdict } from '../mechanism/mechanism.ts'
import { decodeMetadata, type Metadata } from '../wire/metadata.ts'

/** Where in a context peers are asked about. */
export const ZAP_NAME = 'zeromq.zap.01'

/**
 * What is asked, frame by frame, and what is answered. An empty frame goes before both.
 *
 * | request              | reply                                                              |
 * | -------------------- | ------------------------------------------------------------------ |
 * | version, "1.0"       | version, "1.0"                                                     |
 * | request id           | request id, as it was asked                                        |
 * | domain               | status: "200" let in, "300" not now, "400" refused, "500" failed   |
 * | address of the peer  | status text                                                        |
 * | routing id of server | user id, when let in                                               |
 * | mechanism            | metadata of the user, as in a READY                                |
 * | credentials, each    |                                                                    |
 *
 * Each connection asks over a pipe of its own, so that the request id tells nothing apart: it is
 * always 1, as in libzmq.
 *
 * @see RFC 27/ZAP
 */
export interface ZapRequest {
  readonly domain: string
  readonly address: string
  readonly routingId: Uint8Array
  readonly mechanism: MechanismName
  readonly credentials: readonly Buffer[]
}

const VERSION = Buffer.from('1.0')
const REQUEST_ID = Buffer.from('1')
const DELIMITER = Buffer.alloc(0)
const REPLY_FRAMES = 7

export function encodeZapRequest(request: ZapRequest): Buffer[] {
  return [
    DELIMITER,
    VERSION,
    REQUEST_ID,
    Buffer.from(request.domain),
    Buffer.from(request.address),
    Buffer.from(request.routingId),
    Buffer.from(request.mechanism),
    ...request.credentials,
  ]
}

/** @throws {WireError} `ZAP_…` */
export function decodeZapReply(frames: readonly Buffer[]): Verdict {
  if (frames.length !== REPLY_FRAMES) {
    throw wrong('ZAP_MALFORMED_REPLY', `${frames.length} frames`)
  }
  const [delimiter, version, id, status, text, userId, metadata] = frames as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ]
  if (delimiter.length > 0) throw wrong('ZAP_UNSPECIFIED', 'it begins with no empty frame')
  if (!version.equals(VERSION)) throw wrong('ZAP_BAD_VERSION', 'another version than 1.0')
  if (!id.equals(REQUEST_ID)) throw wrong('ZAP_BAD_REQUEST_ID', 'for another request')
  const denied = deniedStatus(status)
  const userMetadata = readMetadata(metadata)
  if (denied !== undefined) return { accepted: false, status: denied, text: text.toString() }
  return { accepted: true, userId: userId.toString(), metadata: userMetadata }
}

/** Undefined when the peer is let in. */
function deniedStatus(status: Buffer): DeniedStatus | undefined {
  switch (status.toString('latin1')) {
    case '200':
      return undefined
    case '300':
      return 300
    case '400':
      return 400
    case '500':
      return 500
    default:
      throw wrong('ZAP_INVALID_STATUS_CODE', 'no status of 200, 300, 400 or 500')
  }
}

function readMetadata(bytes: Buffer): Metadata {
  try {
    return decodeMetadata(bytes)
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause
    throw wrong('ZAP_INVALID_METADATA', cause.message)
  }
}

const wrong = (code: ZapErrorCode, what: string): WireError =>
  new WireError(code, `the reply of ZAP: ${what}`)

/** Undefined when the frames, from the empty one on, are no request of this version. */
export function decodeZapRequest(
  frames: readonly Buffer[],
): { readonly id: Buffer; readonly request: ZapRequest } | undefined {
  const [delimiter, version, id, domain, address, routingId, mechanism, ...credentials] = frames
  if (delimiter?.length !== 0 || version?.equals(VERSION) !== true) return undefined
  if (id === undefined || domain === undefined || address === undefined) return undefined
  if (routingId === undefined || mechanism === undefined) return undefined
  const request = {
    domain: domain.toString(),
    address: address.toString(),
    routingId,
    mechanism: mechanism.toString() as MechanismName,
    credentials,
  }
  return { id, request }
}

export interface ZapReply {
  readonly status: 200 | DeniedStatus
  readonly text: string
  readonly userId: string
}

/** @param id of the request */
export const encodeZapReply = (id: Buffer, { status, text, userId }: ZapReply): Buffer[] => [
  DELIMITER,
  VERSION,
  id,
  Buffer.from(String(status)),
  Buffer.from(text),
  Buffer.from(userId),
  Buffer.alloc(0),
]
