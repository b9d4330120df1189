/**
 * The first byte of each WebSocket message, before the body of a frame of ZeroMQ.
 *
 * @see RFC 45/ZWS "Framing"
 */
export const zwsFlag = { last: 0, more: 1, command: 2 } as const
