// The work: adding up prime numbers

import { defineActor } from '@ringpost/actors'

/** Numbers from `begin` up to but not including `end`. */
export interface Range {
  begin: number
  end: number
}

/** What a worker does, in whatever language. */
export interface Worker {
  /** The sum of the range's prime numbers. */
  primes(begin: number, end: number): number
}

export const worker = defineActor(import.meta.url, 'worker', (): Worker => ({
  primes(begin, end) {
    let sum = 0
    for (let n = Math.max(begin, 2); n < end; n++) if (isPrime(n)) sum += n
    return sum
  },
}))

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false
  return true
}

/** The sum of all prime numbers below the limit, by the sieve of Eratosthenes: to compare with. */
export function sumBySieve(limit: number): number {
  const isComposite = new Uint8Array(limit)
  let sum = 0
  for (let n = 2; n < limit; n++) {
    if (isComposite[n] === 1) continue
    sum += n
    for (let multiple = n * n; multiple < limit; multiple += n) isComposite[multiple] = 1
  }
  return sum
}
