/**
 * How a peer broke the protocol, or why the two cannot talk. Branch on this, not on the message.
 *
 * | code                     | when                                                                 |
 * | ------------------------ | -------------------------------------------------------------------- |
 * | `UNSUPPORTED_VERSION`    | it speaks ZMTP 1.0, an older ZMTP than security needs, or no ZMTP    |
 * | `MECHANISM_MISMATCH`     | its security mechanism is another one than ours                      |
 * | `MALFORMED_FRAME`        | reserved bits, a command in parts, or one where there are none       |
 * | `FRAME_TOO_LARGE`        | it announces a frame over the limit                                  |
 * | `TOO_MANY_FRAMES`        | a message of more frames than the limit                              |
 * | `MESSAGE_TOO_LARGE`      | a message of several frames with more bytes than the limit           |
 * | `TOO_MANY_SUBSCRIPTIONS` | it holds more topics, or groups, than a publisher's options allow    |
 * | `MALFORMED_COMMAND`      | a command without a name, or without the content its name calls for  |
 * | `UNEXPECTED_COMMAND`     | a command, or a message, where the handshake asks for another        |
 * | `INVALID_METADATA`       | metadata that is cut off, too long, or names a property twice        |
 * | `INCOMPATIBLE_PEER`      | its socket type is none that ours may talk to                        |
 * | `INVALID_SEQUENCE`       | a nonce that is not above the last one: replayed                     |
 * | `CRYPTOGRAPHIC`          | a box that does not open: a wrong key, or bytes that were changed    |
 * | `KEY_EXCHANGE`           | the keys in the handshake do not belong together                     |
 * | `DENIED`                 | one side did not let the other in; `status` says why, if it is known |
 * | `AUTHENTICATOR_FAILED`   | who was to be asked about the peer is not there, or failed           |
 * | `UPGRADE_FAILED`       | it does not ask for, or grant, a WebSocket as RFC 6455 says           |
 * | `SERVER_UNAVAILABLE`   | it answers a request for a WebSocket with a status of 500 or above    |
 * | `UNSUPPORTED_DATA`     | a text where messages are bytes                                       |
 * | `ZAP_…`                  | what was answered is no reply of ZAP                                 |
 */
export type WireErrorCode =
  | 'UNSUPPORTED_VERSION'
  | 'MECHANISM_MISMATCH'
  | 'MALFORMED_FRAME'
  | 'FRAME_TOO_LARGE'
  | 'TOO_MANY_FRAMES'
  | 'MESSAGE_TOO_LARGE'
  | 'TOO_MANY_SUBSCRIPTIONS'
  | 'MALFORMED_COMMAND'
  | 'UNEXPECTED_COMMAND'
  | 'INVALID_METADATA'
  | 'INCOMPATIBLE_PEER'
  | 'INVALID_SEQUENCE'
  | 'CRYPTOGRAPHIC'
  | 'KEY_EXCHANGE'
  | 'DENIED'
  | 'AUTHENTICATOR_FAILED'
  | 'UPGRADE_FAILED'
  | 'SERVER_UNAVAILABLE'
  | 'UNSUPPORTED_DATA'
  | ZapErrorCode

/** In what way an answer is no reply of ZAP, in the words of libzmq's monitor. @see RFC 27/ZAP */
export type ZapErrorCode =
  | 'ZAP_UNSPECIFIED'
  | 'ZAP_MALFORMED_REPLY'
  | 'ZAP_BAD_REQUEST_ID'
  | 'ZAP_BAD_VERSION'
  | 'ZAP_INVALID_STATUS_CODE'
  | 'ZAP_INVALID_METADATA'

/** Why a peer was not let in: 300 for now, 400 by its credentials, 500 by a fault of the server's. */
export type DeniedStatus = 300 | 400 | 500

export interface WireErrorDetails extends ErrorOptions {
  /** The command that was malformed or unexpected, by its name. */
  command?: string
  /** With `DENIED`. */
  status?: DeniedStatus
}

/** The peer broke the protocol, or was not let in. Closes that connection, never the socket. */
export class WireError extends Error {
  override readonly name = 'WireError'
  readonly code: WireErrorCode
  /** The command that was malformed or unexpected, by its name; absent where there was none. */
  declare readonly command?: string
  /** Why one side did not let the other in; absent where it was not said. */
  declare readonly status?: DeniedStatus

  constructor(code: WireErrorCode, message: string, details: WireErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    if (details.command !== undefined) this.command = details.command
    if (details.status !== undefined) this.status = details.status
  }
}
