import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

/** How often each word occurs. */
export type WordCounts = Map<string, number>

/** What there is to know about one file, apart from its words. */
export interface FileCount {
  bytes: number
  lines: number
  words: number
  /** SHA-256 of the content, in hexadecimal. */
  digest: string
}

/** Two letters or more: in sources, single letters are mostly minified names. */
const word = /\p{L}{2,}/gu
const letter = /\p{L}/u
const newline = 10

/** Files are read in pieces, so that memory stays bounded whatever their size. */
const piece = Buffer.allocUnsafe(256 * 1024)
const longestWord = 64

/**
 * Counts a file's bytes, lines and words and hashes its content.
 *
 * @param wordCounts the words of this file are added to these, in lower case
 * @throws {Error} whatever opening or reading the file fails with
 */
export function countFile(path: string, wordCounts: WordCounts): FileCount {
  const hash = createHash('sha256')
  const decoder = new StringDecoder('utf8')
  const count = { bytes: 0, lines: 0, words: 0 }
  let unfinished = ''

  const file = openSync(path, 'r')
  try {
    for (;;) {
      const bytesRead = readSync(file, piece)
      if (bytesRead === 0) break
      const bytes = piece.subarray(0, bytesRead)
      count.bytes += bytesRead
      count.lines += countNewlines(bytes)
      hash.update(bytes)

      // The last word of a piece may go on in the next one.
      const text = unfinished + decoder.write(bytes)
      const end = startOfLastWord(text)
      unfinished = text.slice(end)
      count.words += countWords(text.slice(0, end), wordCounts)
    }
  } finally {
    closeSync(file)
  }
  count.words += countWords(unfinished + decoder.end(), wordCounts)
  return { ...count, digest: hash.digest('hex') }
}

function countWords(text: string, wordCounts: WordCounts): number {
  const words = text.toLowerCase().match(word) ?? []
  for (const found of words) wordCounts.set(found, (wordCounts.get(found) ?? 0) + 1)
  return words.length
}

function countNewlines(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) lines++
  return lines
}

/** Where the letters begin that the text ends with; what is longer than any word is cut. */
function startOfLastWord(text: string): number {
  let start = text.length
  const limit = Math.max(0, start - longestWord)
  while (start > limit && letter.test(text[start - 1]!)) start--
  return start
}
