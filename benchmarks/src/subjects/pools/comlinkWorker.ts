import { parentPort } from 'node:worker_threads'
import { expose } from 'comlink'
import { nodeEndpoint } from './comlinkEndpoint.ts'
import { tasks } from './tasks.ts'

expose(tasks, nodeEndpoint(parentPort!))
