import { SharedFrame } from '@ringpost/core'
import { stampBytes, stampOf, type Stamp } from '../../support/stamped.ts'

/** A frame as it is sent, or has been received: in private memory, lent, or of the arena. */
export type Frame = Buffer | SharedFrame

/** A message of any type of socket, with what some types tell besides its frames. */
export interface Message {
  readonly frames: readonly Frame[]
  /** Whom it is for or from, or its group. */
  readonly target?: object | undefined
}

export const bytesOf = (frame: Frame): Buffer => (frame instanceof SharedFrame ? frame.data : frame)

/** Reads the stamp that was put onto these frames. @throws {Error} they are not whole */
export const stampOn = (frames: readonly Frame[]): Stamp => stampOf(frames.map(bytesOf))

/** Releases those frames that are lent or allocated and were not handed on. */
export function release(frames: readonly Frame[]): void {
  for (const frame of frames) if (frame instanceof SharedFrame) frame.release()
}

/** What follows an envelope: the frames of one are shorter than a stamp, but for those to be skipped. */
export function behind(frames: readonly Frame[], skipped: number): readonly Frame[] {
  return frames.slice(frames.findIndex(({ length }, i) => i >= skipped && length >= stampBytes))
}
