/** What the comment at the end of an example says that it prints. */
export function promisedOutput(source: string): string {
  const [, comment] = source.split('// Prints:\n//\n')
  if (comment === undefined) throw new Error('the example does not say what it prints')
  return comment.replaceAll(/^\/\/ {3}/gm, '')
}
