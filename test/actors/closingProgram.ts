import { victim } from './lifeActors.js'
import { createSystem } from './system.js'

// A program that closes its system when it is told to end.
const system = await createSystem({ hosts: 1, signals: ['SIGTERM'] })
const actor = await system.spawn(victim, 1)
void actor.down().then(({ reason }) => console.log(reason))
console.log('ready')
