/**
 * The commands of CURVE: what is behind the name, by offsets into that.
 *
 * HELLO, 194 bytes, client to server:
 *
 * | field     | at  | bytes | meaning                                                          |
 * | --------- | --- | ----- | ---------------------------------------------------------------- |
 * | version   |   0 |     2 | 1, 0                                                             |
 * | padding   |   2 |    72 | zero: the answer is shorter, and of no use to attack others with |
 * | transient |  74 |    32 | C', the client's key for this connection                         |
 * | nonce     | 106 |     8 | behind "CurveZMQHELLO---"                                        |
 * | box       | 114 |    80 | 64 zero bytes, from C' to S                                      |
 *
 * WELCOME, 160 bytes, server to client:
 *
 * | field | at | bytes | meaning                                                          |
 * | ----- | -- | ----- | ---------------------------------------------------------------- |
 * | nonce |  0 |    16 | random, behind "WELCOME-"                                        |
 * | box   | 16 |   144 | S', the server's key for this connection, and the cookie: from S |
 * |       |    |       | to C'                                                            |
 *
 * INITIATE, 248 bytes and more, client to server:
 *
 * | field  | at  | bytes | meaning                                                             |
 * | ------ | --- | ----- | ------------------------------------------------------------------- |
 * | cookie |   0 |    96 | as it was given                                                     |
 * | nonce  |  96 |     8 | behind "CurveZMQINITIATE"                                           |
 * | box    | 104 |       | C, vouch nonce, vouch, metadata: from C' to S'. The vouch is a box  |
 * |        |     |       | of C' and S from C to S': whoever has C's secret made this C'       |
 *
 * READY, 24 bytes and more, server to client:
 *
 * | field | at | bytes | meaning                   |
 * | ----- | -- | ----- | ------------------------- |
 * | nonce |  0 |     8 | behind "CurveZMQREADY---" |
 * | box   |  8 |       | metadata: from S' to C'   |
 *
 * MESSAGE, 25 bytes and more, both ways, as the body of a frame of its own:
 *
 * | field | at | bytes | meaning                                                              |
 * | ----- | -- | ----- | -------------------------------------------------------------------- |
 * | nonce |  0 |     8 | behind "CurveZMQMESSAGEC" from the client, "CurveZMQMESSAGES" from   |
 * |       |    |       | the server                                                           |
 * | box   |  8 |       | flags (1 more, 2 command) and a frame: between C' and S'             |
 *
 * A nonce of eight bytes is a big-endian number, one above the last of the same sender.
 *
 * @see RFC 26/CURVEZMQ; the flag for commands is libzmq's
 */
export const hello = {
  version: 0,
  padding: 2,
  transient: 74,
  nonce: 106,
  box: 114,
  bytes: 194,
} as const
export const welcome = { nonce: 0, box: 16, bytes: 160 } as const
export const initiate = { cookie: 0, nonce: 96, box: 104, shortest: 248 } as const
export const ready = { nonce: 0, box: 8, shortest: 24 } as const

/** What is in the box of a WELCOME. */
export const welcomeBox = { transient: 0, cookie: 32, bytes: 128 } as const
/** What is in the box of an INITIATE. */
export const initiateBox = { key: 0, vouchNonce: 32, vouch: 48, metadata: 128 } as const
/** What is in the vouch. */
export const vouchBox = { transient: 0, server: 32, bytes: 64 } as const

export const HELLO_ZEROS = 64
export const COOKIE_NONCE_BYTES = 16
export const LONG_NONCE_BYTES = 16
export const SHORT_NONCE_BYTES = 8

export const noncePrefix = {
  hello: Buffer.from('CurveZMQHELLO---'),
  welcome: Buffer.from('WELCOME-'),
  cookie: Buffer.from('COOKIE--'),
  vouch: Buffer.from('VOUCH---'),
  initiate: Buffer.from('CurveZMQINITIATE'),
  ready: Buffer.from('CurveZMQREADY---'),
  fromClient: Buffer.from('CurveZMQMESSAGEC'),
  fromServer: Buffer.from('CurveZMQMESSAGES'),
} as const
