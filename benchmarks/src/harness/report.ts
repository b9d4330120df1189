import type { Machine } from './machine.ts'
import type { Cell } from './measureQuestion.ts'
import type { Question } from './question.ts'
import { bestMedian, judge, type Verdict } from './verdict.ts'

/** How a table came about. */
export interface Circumstances {
  readonly repetitions: number
  /** Of the machine's processor time, used by other processes; undefined where it is not known. */
  readonly othersShare: number | undefined
}

/** One question as a page of Markdown: the table, the ratios, the targets. */
export function writeMarkdown(
  question: Question,
  cells: readonly Cell[],
  machine: Machine,
  circumstances: Circumstances,
): string {
  const sections = [
    `# ${question.title}`,
    question.method,
    describe(machine, libraryVersions(cells), circumstances),
    ...sharingNote(cells),
    `In ${question.unit}, ${question.isHigherBetter ? 'more' : 'less'} is better: median (least–most).`,
    ...(question.areRowsConditions === true
      ? [turnedTable(question, cells), ...failureNotes(cells)]
      : [resultTable(question, cells), ...failureNotes(cells), ...ratioTable(question, cells)]),
    ...targetTable(judge(question, cells)),
  ]
  return `${sections.join('\n\n')}\n`
}

function describe(machine: Machine, libraries: string, circumstances: Circumstances): string {
  const { repetitions, othersShare } = circumstances
  const others =
    othersShare === undefined ? 'unknown' : `${Math.round(othersShare * 100)} % of the machine`
  return [
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system};`,
    `Node ${machine.node}${libraries};`,
    `${repetitions} repetition${repetitions === 1 ? '' : 's'}, ${machine.date.slice(0, 16)}Z,`,
    `used by others meanwhile: ${others}.`,
  ].join(' ')
}

/** On how many measurements virtual processors of one core told. */
function sharingNote(cells: readonly Cell[]): string[] {
  // Several readings of one measurement are cells with the same samples.
  const measured = [...new Map(cells.map((cell) => [cell.samples, cell])).values()]
  const repeated = sum(measured.map((cell) => cell.repeated))
  const shared = sum(measured.map((cell) => cell.shared))
  if (repeated + shared === 0) return []
  return [
    `Measurements repeated because the machine's two processors shared a core meanwhile: ${repeated}; kept all the same, as it did not end: ${shared}.`,
  ]
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)

function libraryVersions(cells: readonly Cell[]): string {
  const versions = new Set(
    cells.flatMap((cell) => cell.samples.map((sample) => sample['library'] ?? '')),
  )
  versions.delete('')
  return [...versions].map((version) => `, libzmq ${version}`).join('')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const align = head.map((_, column) => (column === 0 ? '---' : '---:'))
  return [head, align, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function resultTable(question: Question, cells: readonly Cell[]): string {
  const rows = question.subjects.map((subject) => [
    subject.name,
    ...question.conditions.map((condition) =>
      formatCell(find(cells, subject.name, condition.name)),
    ),
  ])
  return table(['', ...question.conditions.map((condition) => condition.title)], rows)
}

/** Conditions by subjects, with the ratios beside them. */
function turnedTable(question: Question, cells: readonly Cell[]): string {
  const ratios = question.ratios.flatMap(({ against, theirs, ours }) =>
    ours.map((subject) => ({ title: `${subject} / ${against}`, theirs, subject })),
  )
  const rows = question.conditions.map(({ name, title }) => [
    title,
    ...question.subjects.map((subject) => formatCell(find(cells, subject.name, name))),
    ...ratios.map(({ theirs, subject }) => formatRatio(question, cells, subject, theirs, name)),
  ])
  const head = [...question.subjects.map(({ name }) => name), ...ratios.map(({ title }) => title)]
  return table(['', ...head], rows)
}

function formatRatio(
  question: Question,
  cells: readonly Cell[],
  subject: string,
  theirs: readonly string[],
  condition: string,
): string {
  const ours = bestMedian(question, cells, [subject], condition)
  const peers = bestMedian(question, cells, theirs, condition)
  return ours === undefined || peers === undefined ? '' : `${formatNumber(ours / peers)} ×`
}

function find(cells: readonly Cell[], subject: string, condition: string): Cell | undefined {
  return cells.find((cell) => cell.subject === subject && cell.condition === condition)
}

function formatCell(cell: Cell | undefined): string {
  if (cell === undefined) return ''
  if (cell.summary === undefined) return cell.failure === undefined ? '' : shorten(cell.failure)
  const { median, least, most } = cell.summary
  const notes = cell.values.length > 1 ? [`${formatNumber(least)}–${formatNumber(most)}`] : []
  if (cell.failures > 0) notes.push(`${cell.failures} failed`)
  return notes.length === 0 ? formatNumber(median) : `${formatNumber(median)} (${notes.join(', ')})`
}

function shorten(failure: string): string {
  return failure.replace(/ \(.*\)$/, '').slice(0, 40)
}

function formatNumber(value: number): string {
  if (value >= 1000) return Math.round(value).toString()
  if (value >= 100) return value.toFixed(0)
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

function failureNotes(cells: readonly Cell[]): string[] {
  const notes = new Set(
    cells.flatMap((cell) =>
      cell.failure === undefined ? [] : [`- ${cell.subject}: ${cell.failure}`],
    ),
  )
  return notes.size === 0
    ? []
    : [['Not measured, in whole or in part:', ''].join('\n') + [...notes].join('\n')]
}

function ratioTable(question: Question, cells: readonly Cell[]): string[] {
  const rows = question.ratios.flatMap((ratio) =>
    ratio.ours.map((subject) => [
      `${subject} / ${ratio.against}`,
      ...question.conditions.map(({ name }) =>
        formatRatio(question, cells, subject, ratio.theirs, name),
      ),
    ]),
  )
  const filled = rows.filter((row) => row.slice(1).some((cell) => cell !== ''))
  if (filled.length === 0) return []
  return ['## Ratios', table(['', ...question.conditions.map(({ title }) => title)], filled)]
}

function targetTable(verdicts: readonly Verdict[]): string[] {
  if (verdicts.length === 0) return []
  return ['## Targets', verdicts.map(formatVerdict).join('\n')]
}

/** One line: `- pass: Batches against libzmq, 16 B: 1.72 (≥ 1.5 ×), 5.1 to 3.0 M messages/s`. */
export function formatVerdict(verdict: Verdict): string {
  const { title, condition, isMet, value, wanted, medians, unit } = verdict
  const mark = isMet === undefined ? 'not measured' : isMet ? 'pass' : 'MISS'
  const found = value === undefined ? '' : ` ${formatNumber(value)}`
  const of = medians === undefined ? '' : `, ${medians.map(formatNumber).join(' to ')} ${unit}`
  return `- ${mark}: ${title}, ${condition}:${found} (${wanted})${of}`
}
