import './io/placement.ts'

export * from '@ringpost/core'
export { WireError, type DeniedStatus, type WireErrorCode } from './errors.ts'
export { curveKeyPair, curvePublicKey, type CurveKeyPair } from './mechanism/curveKeys.ts'
