/**
 * Who may connect, and how messages are protected on a wire. Over inproc they have no meaning.
 *
 * Which mechanism is used follows from what was set last; `securityMechanism` tells.
 */
export interface SecurityOptions {
  /** Ask for names and passwords as a server. Default false. Source: ZMQ_PLAIN_SERVER. */
  plainServer: boolean
  /**
   * The name to log in with, up to 255 bytes; null logs in with none, the default. Source:
   * ZMQ_PLAIN_USERNAME.
   */
  plainUsername: string | null
  /**
   * The password to log in with, up to 255 bytes; null logs in with none, the default. Source:
   * ZMQ_PLAIN_PASSWORD.
   */
  plainPassword: string | null
  /** Encrypt as a server. Default false. Source: ZMQ_CURVE_SERVER. */
  curveServer: boolean
  /**
   * This socket's public key, 32 bytes or 40 characters of Z85; null at first. Source:
   * ZMQ_CURVE_PUBLICKEY.
   */
  get curvePublicKey(): string | null
  set curvePublicKey(value: string | Uint8Array)
  /**
   * This socket's secret key, 32 bytes or 40 characters of Z85; null at first. Source:
   * ZMQ_CURVE_SECRETKEY.
   */
  get curveSecretKey(): string | null
  set curveSecretKey(value: string | Uint8Array)
  /**
   * The server's public key, 32 bytes or 40 characters of Z85; null at first. Source:
   * ZMQ_CURVE_SERVERKEY.
   */
  get curveServerKey(): string | null
  set curveServerKey(value: string | Uint8Array)
  /**
   * The domain an authenticator is asked about, 1 to 255 bytes; null at first. Source:
   * ZMQ_ZAP_DOMAIN.
   */
  zapDomain: string | null
  /**
   * Let nobody in while a domain is set and no authenticator answers. Default false. Source:
   * ZMQ_ZAP_ENFORCE_DOMAIN.
   */
  zapEnforceDomain: boolean
}
