/**
 * `pnpm bench [question …] [--quick]`: measures, prints the tables, and writes them to `results/`
 * (a quick run, of one repetition and fewer messages, to `results/quick/`, which git ignores).
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { CoreProbe } from './harness/coreProbe.ts'
import { Disturbance } from './harness/disturbance.ts'
import { describeMachine, type Machine } from './harness/machine.ts'
import { measureQuestion } from './harness/measureQuestion.ts'
import { ProgressLine } from './harness/progressLine.ts'
import type { Question } from './harness/question.ts'
import { formatVerdict, writeMarkdown } from './harness/report.ts'
import { judge, type Verdict } from './harness/verdict.ts'
import { groups, questions } from './questions/index.ts'

const REPETITIONS = 5

const USAGE = `Usage: pnpm bench [question …] [options]

Measures Ringpost beside its peers, prints tables with ratios, and writes them to
benchmarks/results. All questions take an hour and more.

  --only C  the condition of that name, as in the JSON results; printed and not written
  --quick   one repetition and fewer messages, to benchmarks/results/quick: some minutes
  --list    what questions there are
  --help    show this text`

const { values, positionals } = readArguments()

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    console.error(`${error.message}\n\n${USAGE}`)
    process.exit(2)
  }
}

if (values.help) {
  console.log(USAGE)
  process.exit(0)
}

const results = new URL(values.quick ? '../results/quick/' : '../results/', import.meta.url)

const nameOf = ({ name }: Question): string => name

async function answer(
  question: Question,
  machine: Machine,
  progress: ProgressLine,
  probe: CoreProbe,
): Promise<Verdict[]> {
  const repetitions = values.quick ? 1 : REPETITIONS
  const disturbance = new Disturbance()
  const cells = await measureQuestion(question, repetitions, values.quick, progress, probe)
  const verdicts = judge(question, cells)
  const circumstances = { repetitions, othersShare: disturbance.share() }
  const page = writeMarkdown(question, cells, machine, circumstances)
  const { name, unit } = question
  const data = { name, unit, ...circumstances, machine, cells, verdicts }
  if (values.only === undefined) {
    mkdirSync(results, { recursive: true })
    writeFileSync(new URL(`${question.name}.md`, results), page)
    writeFileSync(new URL(`${question.name}.json`, results), `${JSON.stringify(data, null, 1)}\n`)
  }
  console.log(page)
  return verdicts
}

function choose(): readonly Question[] {
  const named = new Set(positionals.flatMap((name) => groups[name]?.map(nameOf) ?? name))
  const known = questions.map(nameOf)
  const unknown = [...named].filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    const all = [...known, ...Object.keys(groups)].join(', ')
    console.error(`No benchmark is called ${unknown.join(', ')}. There are: ${all}`)
    process.exit(1)
  }
  const chosen = questions.filter(({ name }) => named.size === 0 || named.has(name))
  const { only } = values
  if (only === undefined) return chosen
  const narrowed = chosen
    .map((question) => narrow(question, only))
    .filter(({ conditions }) => conditions.length > 0)
  if (narrowed.length === 0) {
    console.error(`None of these benchmarks has a condition ${only}`)
    process.exit(1)
  }
  return narrowed
}

/** The question under one condition. */
function narrow(question: Question, condition: string): Question {
  const isIt = (name: string): boolean => name === condition
  return {
    ...question,
    conditions: question.conditions.filter(({ name }) => isIt(name)),
    targets: question.targets.flatMap((target) => {
      const conditions = target.conditions.filter(isIt)
      return conditions.length === 0 ? [] : [{ ...target, conditions }]
    }),
  }
}

if (values.list) {
  for (const { name, title } of questions) console.log(`${name.padEnd(12)} ${title}`)
  for (const [name, group] of Object.entries(groups))
    console.log(`${name.padEnd(12)} ${group.map(nameOf).join(', ')}`)
} else {
  const chosen = choose()
  const machine = describeMachine()
  const progress = new ProgressLine(chosen, values.quick ? 1 : REPETITIONS)
  const probe = await CoreProbe.start()
  const verdicts: Verdict[] = []
  for (const question of chosen) {
    verdicts.push(...(await answer(question, machine, progress, probe)))
  }
  console.log(`# All targets\n\n${verdicts.map(formatVerdict).join('\n')}`)
}
