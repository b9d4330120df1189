import { banking } from './banking.ts'
import { big } from './big.ts'
import { boundedBuffer } from './boundedBuffer.ts'
import { chameneos } from './chameneos.ts'
import { counting } from './counting.ts'
import { forkJoinCreate } from './forkJoinCreate.ts'
import { forkJoinThroughput } from './forkJoinThroughput.ts'
import { matrixMultiply } from './matrixMultiply.ts'
import { nQueens } from './nQueens.ts'
import { pingPong } from './pingPong.ts'
import type { Program } from './program.ts'
import { threadRing } from './threadRing.ts'
import { trapezoid } from './trapezoid.ts'

/** By the names that the suite has for them. */
export const programs: Readonly<Record<string, Program>> = {
  pingpong: pingPong,
  count: counting,
  fjthrput: forkJoinThroughput,
  fjcreate: forkJoinCreate,
  threadring: threadRing,
  chameneos,
  big,
  bndbuffer: boundedBuffer,
  banking,
  nqueenk: nQueens,
  trapezoid,
  recmatmul: matrixMultiply,
}
