/** The names under which subjects of the same kind are compared. */
import { planNative, type NativeProgram } from '../harness/nativePrograms.ts'
import type { Subject } from '../harness/question.ts'

/** A C program against libzmq; `options` may leave out a condition. */
export function nativeSubject(
  name: string,
  program: NativeProgram,
  options: (condition: string, isQuick: boolean) => Record<string, string | number> | undefined,
): Subject {
  return {
    name,
    plan(condition, isQuick) {
      const chosen = options(condition, isQuick)
      return chosen === undefined ? undefined : planNative(program, chosen)
    },
  }
}

/** A number of messages that suits the condition: a fifth of it for a quick run. */
export function scaleCount(count: number, isQuick: boolean, multipleOf = 1): number {
  const scaled = isQuick ? count / 5 : count
  return Math.max(1, Math.round(scaled / multipleOf)) * multipleOf
}
