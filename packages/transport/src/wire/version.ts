/** The versions of ZMTP that are spoken here. A newer peer is spoken to in the newest of them. */
export type ZmtpVersion = '2.0' | '3.0' | '3.1'
