import type { Question } from '../harness/question.ts'
import { throughput } from './throughput.ts'

/** Every benchmark, in the order in which they run. */
export const questions: readonly Question[] = [throughput]
