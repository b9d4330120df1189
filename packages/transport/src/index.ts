import './io/placement.ts'

export * from '@ringpost/core'
export { capability } from './capability.ts'
export { WireError, type DeniedStatus, type WireErrorCode, type ZapErrorCode } from './errors.ts'
export { curveKeyPair, curvePublicKey, type CurveKeyPair } from './mechanism/curveKeys.ts'
export { Authenticator, type AuthenticatorOptions } from './zap/authenticator.ts'
export { loadCertificate, saveCertificate, type Certificate } from './zap/certificate.ts'
export type { AuthenticatorRules, PeerDescription } from './zap/rules.ts'
