/** The functions of `tasks.ts` by their names, as piscina and tinypool want them. */
import { tasks } from './tasks.ts'

export const { echo, burn } = tasks
