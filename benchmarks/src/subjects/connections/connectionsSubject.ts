/** What the host of a measurement of connections is told. */
export interface ConnectionsOptions {
  /** How many clients connect to one socket. */
  readonly connections: number
  /** The program that has the socket, and its arguments. */
  readonly server: readonly string[]
}

/** What a server in Node is told. */
export interface ServerOptions {
  /** The module beside the server, without extension. */
  readonly subject: string
  readonly connections: number
  /** Of the context; 0 for I/O in the thread that serves. */
  readonly ioThreads: number
}

/** One socket, bound to a port of its own. */
export interface ServingSide {
  readonly port: number
  /** Answers so many requests, each with its own bytes. */
  serve(requests: number): Promise<void>
}

/** One way to serve many connections with one socket. */
export interface ConnectionsSubject {
  /** @param ioThreads what libraries call so */
  open(ioThreads: number): Promise<ServingSide>
}
