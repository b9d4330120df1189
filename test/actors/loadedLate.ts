// A module that is loaded when the program lets it
import { defineActor } from '@ringpost/actors'
import { open, opened } from './gates.ts'

open('isLoading')
await opened('mayLoad')

export const late = defineActor(import.meta.url, 'late', () => ({}))
open('isLoaded')
