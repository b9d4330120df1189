const GROUPS = 8

/** The eight numbers of an address of version 6, of its scope none. @param address a valid one */
export function ipv6Groups(address: string): readonly number[] {
  const [before = '', behind = ''] = address.replace(/%.*$/, '').split('::')
  const [first, last] = [numbersOf(before), numbersOf(behind)]
  const zeros = Array.from({ length: GROUPS - first.length - last.length }, () => 0)
  return [...first, ...zeros, ...last]
}

/** An address of version 4 may stand in the place of the last two. */
const numbersOf = (text: string): number[] =>
  text === '' ? [] : text.split(':').flatMap((group) => numbersOfGroup(group))

function numbersOfGroup(group: string): number[] {
  if (!group.includes('.')) return [Number.parseInt(group, 16)]
  const [a, b, c, d] = group.split('.').map(Number) as [number, number, number, number]
  return [a * 256 + b, c * 256 + d]
}
