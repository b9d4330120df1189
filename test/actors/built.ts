/** Definitions of these tests, as hosts import them: compiled. */
export async function built<T>(name: string): Promise<T> {
  return (await import(new URL(`../dist/actors/${name}.js`, import.meta.url).href)) as T
}
