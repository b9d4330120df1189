import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Who may log in with which password: digests of both, under a key that nobody else has. */
export class Passwords {
  readonly #key = randomBytes(32)
  readonly #digests = new Map<string, Buffer>()
  /** Of what nobody can know. */
  readonly #none = randomBytes(32)

  /** @throws {TypeError} a password that is no text */
  constructor(passwords: Iterable<readonly [username: string, password: string]>) {
    for (const [username, password] of passwords) {
      if (typeof password !== 'string') throw new TypeError('A password must be a string')
      this.#digests.set(username, this.#digest(password))
    }
  }

  /** Takes as long for names that are not known, and however much of a password is right. */
  match(username: string, password: string): boolean {
    const expected = this.#digests.get(username) ?? this.#none
    return timingSafeEqual(this.#digest(password), expected)
  }

  #digest(password: string): Buffer {
    return createHmac('sha256', this.#key).update(password).digest()
  }
}
