import { ThreadWorker } from 'poolifier'
import { tasks } from './tasks.ts'

export default new ThreadWorker<number, number>({
  echo: (value) => tasks.echo(value!),
  burn: (value) => tasks.burn(value!),
})
