import './datagram/udp.ts'
import './io/placement.ts'

export * from '@ringpost/core'
// In the place of core's own.
export { capability } from './capability.ts'
export { WireError, type DeniedStatus, type WireErrorCode } from './errors.ts'
export { curveKeyPair, curvePublicKey, type CurveKeyPair } from './mechanism/curveKeys.ts'
