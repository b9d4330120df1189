import { X509Certificate } from 'node:crypto'
import { isIP, type Socket as Stream } from 'node:net'
import tls, { TLSSocket, type ConnectionOptions, type SecureContext } from 'node:tls'
import { SocketError } from '@ringpost/core'
import type { SocketSettings } from '@ringpost/core/internal'

/** There since Node 22.15; before that only what Node brings along is told. */
interface WithCertificates {
  readonly getCACertificates?: (type: 'default') => string[]
}

/**
 * A server's key and certificate.
 *
 * @throws {SocketError} `EINVAL`: one is missing, or is none
 */
export function serverContext({ wssKeyPem, wssCertPem }: SocketSettings): SecureContext {
  if (wssKeyPem === null || wssCertPem === null) {
    throw invalid('wss:// needs wssKeyPem and wssCertPem to listen')
  }
  return contextOf({ key: wssKeyPem, cert: wssCertPem })
}

/** TLS on a connection that was accepted. */
export const secured = (stream: Stream, secureContext: SecureContext): TLSSocket =>
  new TLSSocket(stream, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] })

/**
 * Whom a client trusts, and which name it expects.
 *
 * @param host of the endpoint
 * @throws {SocketError} `EINVAL`: a certificate is none
 */
export function clientOptions(options: SocketSettings, host: string): ConnectionOptions {
  const { wssTrustPem, wssTrustSystem, wssHostname } = options
  const ca = wssTrustPem === null ? [] : [certificateIn(wssTrustPem)]
  if (wssTrustSystem) ca.push(...systemCertificates())
  const name = wssHostname ?? host
  return {
    secureContext: contextOf({ ca }),
    // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
    rejectUnauthorized: true,
    // To be asked for an address is nothing that a server expects.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_, certificate) => tls.checkServerIdentity(name, certificate),
    ALPNProtocols: ['http/1.1'],
  }
}

/** Node would trust nobody, and not say so, where this is none. */
function certificateIn(pem: string): string {
  try {
    void new X509Certificate(pem)
  } catch (cause) {
    throw invalid('wssTrustPem is no certificate', cause)
  }
  return pem
}

function systemCertificates(): readonly string[] {
  const { getCACertificates } = tls as WithCertificates
  return getCACertificates?.('default') ?? tls.rootCertificates
}

function contextOf(options: tls.SecureContextOptions): SecureContext {
  try {
    return tls.createSecureContext(options)
  } catch (cause) {
    throw invalid((cause as Error).message, cause)
  }
}

const invalid = (what: string, cause?: unknown): SocketError =>
  new SocketError('EINVAL', { message: `Invalid argument: ${what}`, cause })
