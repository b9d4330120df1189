import { createSystem } from '@ringpost/actors'
import { fragile } from './processActors.js'

// A program that is to be killed while one of its hosts is stuck, and the other idle.
const system = await createSystem({ isolation: 'process', hosts: 2, stuckMs: Infinity })
const stuck = await system.spawn(fragile, 1)
stuck.tell.hang()
console.log('stuck')
