import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type BrowserContext, type Page } from 'playwright-core'

const built = fileURLToPath(new URL('../../packages/transport/dist/browser/', import.meta.url))

const html = `<!doctype html>
<title>Ringpost</title>
<script type="module">
  import * as ringpost from '/index.js'
  globalThis.ringpost = ringpost
  globalThis.isThere = true
</script>
`

/** Debian's Chromium, and a server whose page has the module for browsers as `ringpost`. */
export class Chromium {
  readonly #context: BrowserContext
  readonly #server: Server
  readonly #profile: string

  private constructor(context: BrowserContext, server: Server, profile: string) {
    this.#context = context
    this.#server = server
    this.#profile = profile
  }

  static async start(): Promise<Chromium> {
    const server = createServer(({ url = '/' }, response) => {
      const isPage = url === '/'
      const type = isPage ? 'text/html' : 'text/javascript'
      if (!isPage && !url.endsWith('.js')) {
        response.writeHead(404).end()
        return
      }
      response.writeHead(200, { 'Content-Type': type })
      response.end(isPage ? html : readFileSync(join(built, basename(url))))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const profile = mkdtempSync(join(tmpdir(), 'ringpost-chromium-'))
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: '/usr/bin/chromium',
      headless: true,
      // Vitest has one.
      timeout: 0,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // Of a certificate that vouches for itself.
        '--ignore-certificate-errors',
      ],
    })
    context.setDefaultTimeout(0)
    return new Chromium(context, server, profile)
  }

  /** Whose pages it opens. */
  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** A page that has the module. */
  async open(): Promise<Page> {
    const page = await this.#context.newPage()
    await page.goto(this.origin)
    await page.waitForFunction('globalThis.isThere')
    return page
  }

  async close(): Promise<void> {
    await this.#context.close()
    this.#server.close()
    // The last of its processes may still be writing there.
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}
