import { readFile } from 'node:fs/promises'
import { parseAst, transformWithOxc } from 'vite'
import { runtime } from './party.test-support.ts'

/**
 * Loads the library's own modules in a form whose functions stop before every access to shared
 * memory: each function that makes one, directly or through another, becomes a generator, and each
 * call of it a `yield*`. So every interleaving of the real code can be run in one thread.
 *
 * Constructors, setters and field initialisers cannot stop; what they do is one step.
 */
export async function loadStepwise<Modules>(
  files: readonly string[],
  replaced: Readonly<Record<string, unknown>> = {},
): Promise<Modules> {
  const root = new URL('../', import.meta.url)
  const parsed = await Promise.all(files.map(async (file) => parse(root, file)))
  const stepping = steppingNames(parsed)
  const loaded = new Map<string, unknown>(Object.entries(replaced))
  for (const module of parsed) {
    for (const path of module.imports) {
      if (loaded.has(path) || files.includes(path)) continue
      loaded.set(path, await import(path.startsWith('node:') ? path : new URL(path, root).href))
    }
  }
  for (const module of parsed) {
    const exports = {}
    const evaluate = new Function(
      '$import',
      '$exports',
      '$runtime',
      translate(module, stepping),
    ) as (...given: unknown[]) => void
    evaluate(
      (path: string) => {
        const known = loaded.get(path)
        if (known === undefined) throw new Error(`${module.file} imports ${path} before its turn`)
        return known
      },
      exports,
      runtime,
    )
    loaded.set(module.file, exports)
  }
  return Object.fromEntries(files.map((file) => [file, loaded.get(file)])) as Modules
}

interface Node {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

interface Module {
  readonly file: string
  readonly code: string
  readonly program: Node
  readonly imports: readonly string[]
}

async function parse(root: URL, file: string): Promise<Module> {
  const source = await readFile(new URL(file, root), 'utf8')
  const { code } = await transformWithOxc(source, file, { target: 'esnext', sourcemap: false })
  const program = parseAst(code) as unknown as Node
  const imports = (program['body'] as Node[])
    .filter(({ type }) => type === 'ImportDeclaration')
    .map((node) => resolve(file, (node['source'] as { value: string } & Node).value))
  return { file, code, program, imports }
}

/** Modules are known by their path below the library's sources, others by their name. */
function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier
  return new URL(specifier, `file:///${from}`).pathname.slice(1)
}

/** Names of functions, methods and getters that stop, of all modules together. */
interface Stepping {
  readonly functions: ReadonlySet<string>
  readonly getters: ReadonlySet<string>
}

function steppingNames(modules: readonly Module[]): Stepping {
  const functions = new Set<string>()
  const getters = new Set<string>()
  for (let size = -1; size !== functions.size + getters.size;) {
    size = functions.size + getters.size
    for (const { program } of modules) {
      visit(program, [], (node, path) => {
        const name = nameOfFunction(node, path)
        if (name === undefined || !doesStep(bodyOf(node), { functions, getters })) return
        const parent = path.at(-1)
        const isGetter = parent?.type === 'MethodDefinition' && parent['kind'] === 'get'
        ;(isGetter ? getters : functions).add(name)
      })
    }
  }
  return { functions, getters }
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])
const isFunction = (node: Node): boolean => FUNCTIONS.has(node.type)
const bodyOf = (node: Node): Node => node['body'] as Node

function nameOfFunction(node: Node, path: readonly Node[]): string | undefined {
  if (!isFunction(node)) return undefined
  if (node['id'] != null) return (node['id'] as { name: string } & Node).name
  const parent = path.at(-1)
  if (parent === undefined) return undefined
  if (parent.type === 'MethodDefinition' || parent.type === 'PropertyDefinition') {
    return parent['kind'] === 'constructor' ? undefined : keyOf(parent['key'] as Node)
  }
  if (parent.type === 'VariableDeclarator') return keyOf(parent['id'] as Node)
  return undefined
}

const keyOf = (key: Node): string | undefined =>
  key['name'] === undefined ? undefined : String(key['name'])

/** Whether a piece of code stops somewhere, when these names do. */
function doesStep(code: Node, stepping: Stepping): boolean {
  let does = false
  visit(code, [], (node) => {
    if (does) return
    does =
      isAtomic(node) ||
      isSharedElement(node) ||
      (node.type === 'CallExpression' && stepping.functions.has(calleeOf(node) ?? '')) ||
      (node.type === 'MemberExpression' &&
        node['computed'] === false &&
        stepping.getters.has(keyOf(node['property'] as Node) ?? ''))
  })
  return does
}

function calleeOf(call: Node): string | undefined {
  const callee = call['callee'] as Node
  if (callee.type === 'Identifier') return keyOf(callee)
  return callee.type === 'MemberExpression' ? keyOf(callee['property'] as Node) : undefined
}

function isAtomic(node: Node): boolean {
  if (node.type !== 'CallExpression') return false
  const callee = node['callee'] as Node
  return callee.type === 'MemberExpression' && keyOf(callee['object'] as Node) === 'Atomics'
}

/** An element of what this library calls the words of shared memory. */
function isSharedElement(node: Node): boolean {
  if (node.type !== 'MemberExpression' || node['computed'] !== true) return false
  const object = node['object'] as Node
  const name =
    object.type === 'MemberExpression' ? keyOf(object['property'] as Node) : keyOf(object)
  return name === 'words' || name === 'control'
}

type Visitor = (node: Node, path: readonly Node[]) => void

function visit(node: Node, path: readonly Node[], visitor: Visitor): void {
  visitor(node, path)
  const below = [...path, node]
  for (const child of childrenOf(node)) visit(child, below, visitor)
}

/** Where a piece of code stands. */
interface Place {
  /** Whether it is in a generator. */
  readonly canStop: boolean
  /** Variables that have their value here, outer ones first. */
  readonly variables: readonly string[]
}

const OUTSIDE: Place = { canStop: false, variables: [] }

/** Rewrites pieces of a text from the inside out. */
class Rewriting {
  readonly #code: string
  readonly #stepping: Stepping

  constructor(code: string, stepping: Stepping) {
    this.#code = code
    this.#stepping = stepping
  }

  /** The text of a node. */
  text(node: Node, place: Place): string {
    if (isFunction(node)) return this.#function(node, place)
    if (node.type === 'MethodDefinition') return this.#method(node)
    if (node.type === 'ClassBody') return this.#classBody(node)
    if (node.type === 'BlockStatement') return this.#block(node, place)
    if (LOOPS.has(node.type)) return this.#loop(node, place)
    if (node.type === 'CatchClause') return this.#catch(node, place)
    if (isAtomic(node)) return this.#atomic(node, place)
    if (node.type === 'AssignmentExpression' && isSharedElement(node['left'] as Node)) {
      return this.#store(node, place)
    }
    if (isSharedElement(node)) {
      const [words, index] = [node['object'] as Node, node['property'] as Node]
      const given = `${this.text(words, place)}, ${this.text(index, place)}`
      return this.#stop(node, `$load(${given})`, place)
    }
    if (node.type === 'CallExpression') return this.#call(node, place)
    if (node.type === 'MemberExpression' && this.#isSteppingGetter(node)) {
      return this.#maybe(node, this.#children(node, place), place)
    }
    return this.#children(node, place)
  }

  /** The text of a node with its children rewritten. */
  #children(node: Node, place: Place): string {
    let text = ''
    let at = node.start
    for (const child of childrenOf(node)) {
      // In `{ a }`, key and value are the same piece.
      if (child.start < at) continue
      const isMethod = node['callee'] === child && child.type === 'MemberExpression'
      text += this.#code.slice(at, child.start)
      // What is called is a method, whatever getters there are of this name.
      text += isMethod ? this.#children(child, place) : this.text(child, place)
      at = child.end
    }
    return text + this.#code.slice(at, node.end)
  }

  /** Statements, each of which begins with no value that only an expression knows. */
  #block(node: Node, place: Place): string {
    const variables = [...place.variables]
    const statements = (node['body'] as Node[]).map((statement) => {
      const text = this.text(statement, { ...place, variables: [...variables] })
      if (statement.type === 'VariableDeclaration') variables.push(...declaredBy(statement))
      return place.canStop ? `$values.length = 0; ${text}` : text
    })
    return `{ ${statements.join('\n')} }`
  }

  /** The variables of a loop's head have their values in its body. */
  #loop(node: Node, place: Place): string {
    const head = (node['init'] ?? node['left']) as Node | null
    const own = head?.type === 'VariableDeclaration' ? declaredBy(head) : []
    const inside = { ...place, variables: [...place.variables, ...own] }
    let text = ''
    let at = node.start
    for (const child of childrenOf(node)) {
      const isBefore = child === head || child === node['right']
      text += this.#code.slice(at, child.start) + this.text(child, isBefore ? place : inside)
      at = child.end
    }
    return text + this.#code.slice(at, node.end)
  }

  #catch(node: Node, place: Place): string {
    const parameter = node['param'] as Node | null
    const own = parameter === null ? [] : namesIn(parameter)
    return this.#children(node, { ...place, variables: [...place.variables, ...own] })
  }

  #isSteppingGetter(node: Node): boolean {
    return (
      node['computed'] === false &&
      this.#stepping.getters.has(keyOf(node['property'] as Node) ?? '')
    )
  }

  /** The body of a function, whose parameters have their values, and the parameters. */
  #parts(node: Node, canStop: boolean, outer: readonly string[]): { given: string; body: string } {
    const parameters = node['params'] as Node[]
    const variables = [...outer, ...parameters.flatMap(namesIn)]
    const body = this.text(bodyOf(node), { canStop, variables })
    const given = parameters.map((p) => this.text(p, OUTSIDE)).join(', ')
    if (!canStop) return { given, body }
    const isBlock = bodyOf(node).type === 'BlockStatement'
    return { given, body: `{ const $values = []; ${isBlock ? body : `return ${body}`} }` }
  }

  #function(node: Node, place: Place): string {
    const stops = doesStep(bodyOf(node), this.#stepping)
    if (!stops) return this.#children(node, { ...place, canStop: false })
    const { given, body } = this.#parts(node, true, place.variables)
    if (node.type === 'ArrowFunctionExpression') return `(function* (${given}) ${body}).bind(this)`
    const name = node['id'] == null ? '' : keyOf(node['id'] as Node)
    return `function* ${name}(${given}) ${body}`
  }

  /** With a method that tells its fields. */
  #classBody(node: Node): string {
    const fields = (node['body'] as Node[])
      .filter((member) => member.type === 'PropertyDefinition' && member['static'] !== true)
      .map(({ key }) => `this.${this.#code.slice((key as Node).start, (key as Node).end)}`)
    const members = this.#children(node, OUTSIDE).slice(0, -1)
    return `${members}; $state() { return [${fields.join(', ')}] } }`
  }

  #method(node: Node): string {
    const value = node['value'] as Node
    const [kind, key] = [node['kind'] as string, node['key'] as Node]
    if (!doesStep(bodyOf(value), this.#stepping)) return this.#children(node, OUTSIDE)
    const prefix = node['static'] === true ? 'static ' : ''
    const name = this.#code.slice(key.start, key.end)
    const title = node['computed'] === true ? `[${name}]` : name
    if (kind === 'constructor' || kind === 'set') {
      const { given, body } = this.#parts(value, false, [])
      return `${prefix}${kind === 'set' ? 'set ' : ''}${title}(${given}) ${body}`
    }
    const { given, body } = this.#parts(value, true, [])
    if (kind === 'get')
      return `${prefix}get ${title}() { return (function* () ${body}).call(this) }`
    return `${prefix}*${title}(${given}) ${body}`
  }

  #atomic(node: Node, place: Place): string {
    const operation = keyOf((node['callee'] as Node)['property'] as Node)!
    const given = (node['arguments'] as Node[]).map((argument) => this.text(argument, place))
    return this.#stop(node, `$atomic(${[`'${operation}'`, ...given].join(', ')})`, place)
  }

  #store(node: Node, place: Place): string {
    const { left, operator, right } = node as unknown as Record<'left' | 'right', Node> & {
      operator: string
    }
    if (operator !== '=') throw new Error(`cannot take ${operator} apart`)
    const given = [left['object'] as Node, left['property'] as Node, right]
    const texts = given.map((piece) => this.text(piece, place)).join(', ')
    return this.#stop(node, `$store(${texts})`, place)
  }

  #call(node: Node, place: Place): string {
    const callee = node['callee'] as Node
    const given = node['arguments'] as Node[]
    if (callee.type === 'Super') return this.#children(node, place)
    const stopping = given.filter((a) => isFunction(a) && doesStep(bodyOf(a), this.#stepping))
    const method = calleeOf(node) ?? ''
    if (stopping.length > 0 && method in Array.prototype) {
      const array = this.text(callee['object'] as Node, place)
      return this.#stop(node, `$${method}(${array}, ${this.text(given[0]!, place)})`, place)
    }
    return this.#maybe(node, this.#children(node, place), place)
  }

  #stop(node: Node, generator: string, place: Place): string {
    return place.canStop ? `(yield* ${this.#within(node, generator, place)})` : `$now(${generator})`
  }

  /** A call that may turn out to return a generator. */
  #maybe(node: Node, call: string, place: Place): string {
    if (!place.canStop) return `$now(${call})`
    return `($isGenerator($last = ${call}) ? yield* ${this.#within(node, '$last', place)} : $last)`
  }

  /** With what the function that stops here knows. */
  #within(node: Node, generator: string, { variables }: Place): string {
    const known = ['this', ...new Set(variables)].join(', ')
    return `$within(${node.start}, () => [${known}], $values, ${generator})`
  }
}

const LOOPS = new Set(['ForStatement', 'ForOfStatement', 'ForInStatement'])

function childrenOf(node: Node): Node[] {
  const children: Node[] = []
  for (const [key, value] of Object.entries(node)) {
    if (key === 'parent') continue
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && 'type' in child) {
        children.push(child as Node)
      }
    }
  }
  return children.sort((a, b) => a.start - b.start)
}

const declaredBy = (declaration: Node): string[] =>
  (declaration['declarations'] as Node[]).flatMap((each) => namesIn(each['id'] as Node))

/** The variables of a pattern. */
function namesIn(pattern: Node): string[] {
  if (pattern.type === 'Identifier') return [keyOf(pattern)!]
  if (pattern.type === 'AssignmentPattern') return namesIn(pattern['left'] as Node)
  if (pattern.type === 'Property') return namesIn(pattern['value'] as Node)
  return childrenOf(pattern).flatMap(namesIn)
}

function translate({ file, code, program }: Module, stepping: Stepping): string {
  const rewriting = new Rewriting(code, stepping)
  const exported: string[] = []
  const statements = (program['body'] as Node[]).map((node) => {
    if (node.type === 'ImportDeclaration') return importOf(file, node)
    if (node.type !== 'ExportNamedDeclaration') return rewriting.text(node, OUTSIDE)
    const declaration = node['declaration'] as Node | null
    if (declaration === null) throw new Error(`${file}: an export without a declaration`)
    const declared = (declaration['declarations'] as Node[] | undefined) ?? [declaration]
    exported.push(...declared.map((each) => keyOf(each['id'] as Node)!))
    return rewriting.text(declaration, OUTSIDE)
  })
  return [
    `'use strict'`,
    'const { $atomic, $load, $store, $now, $isGenerator, $within, $map, $some, $sort } = $runtime',
    'const { Promise, process, setTimeout, clearTimeout } = $runtime',
    'let $last',
    ...statements,
    ...exported.map((name) => `$exports.${name} = ${name}`),
    `//# sourceURL=stepwise:${file}`,
  ].join('\n')
}

function importOf(file: string, node: Node): string {
  const specifiers = node['specifiers'] as Node[]
  const path = resolve(file, (node['source'] as { value: string } & Node).value)
  const local = (specifier: Node): string => keyOf(specifier['local'] as Node)!
  const [first] = specifiers
  if (first === undefined) return ''
  if (first.type === 'ImportNamespaceSpecifier') {
    return `const ${local(first)} = $import('${path}')`
  }
  const names = specifiers.map((specifier) => {
    const imported = keyOf(specifier['imported'] as Node)!
    return imported === local(specifier) ? imported : `${imported}: ${local(specifier)}`
  })
  return `const { ${names.join(', ')} } = $import('${path}')`
}
