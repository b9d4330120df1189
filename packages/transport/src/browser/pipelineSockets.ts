import { BothWays, Receiver, Sender } from './socket.ts'

/** Sends to its peers in turn. @see RFC 30/PIPELINE */
export class Push extends Sender {}

/** Receives from its peers. @see RFC 30/PIPELINE */
export class Pull extends Receiver {}

/** Talks to one peer. @see RFC 31/EXPAIR */
export class Pair extends BothWays {}

/** Sends to its peers in turn and receives from all, at any time. @see RFC 28/REQREP */
export class Dealer extends BothWays {}
