/** Why an actor is no more. */
export type Down =
  | { readonly reason: 'stopped' }
  | { readonly reason: 'failed'; readonly error: unknown }
  | { readonly reason: 'host lost'; readonly error: unknown }
  | { readonly reason: 'node lost'; readonly error: unknown }
  | { readonly reason: 'no such actor' }
