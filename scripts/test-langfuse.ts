// Langfuse's own SDKs, pointed at a gateway by their base URL alone: the newest and the last that sends batches,
// JavaScript and Python. Their packages are kept in the user's cache directory; where they cannot be had, that
// sender is skipped, with the reason.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startGatewayProcess } from './gateway-process.ts'

const run = promisify(execFile)
const SENDERS = join(import.meta.dirname, 'langfuse-senders')
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'turnscope', 'langfuse')
const INSTALL_MS = 300_000
const SEND_MS = 120_000

interface Sender {
  readonly name: string
  /** Makes its packages be there; gives what runs the script. */
  readonly prepare: () => Promise<readonly [command: string, script: string]>
}

const firstLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error)
    .split('\n')
    .slice(0, 2)
    .join(' ')

async function nodeSender(id: string, packages: readonly string[]): Promise<readonly [string, string]> {
  const folder = join(CACHE, id)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}')
  const options = ['--no-audit', '--no-fund', '--prefer-online', '--prefix', folder]
  await run('npm', ['install', ...options, ...packages], { cwd: folder, timeout: INSTALL_MS })
  const script = join(folder, `${id}.mjs`)
  cpSync(join(SENDERS, `${id}.mjs`), script)
  return [process.execPath, script]
}

async function pythonSender(id: string, requirement: string): Promise<readonly [string, string]> {
  const venv = join(CACHE, id)
  const python = join(venv, 'bin', 'python')
  if (!existsSync(python)) await run('python3', ['-m', 'venv', venv], { timeout: INSTALL_MS })
  await run(python, ['-m', 'pip', 'install', '--quiet', '--upgrade', requirement], { timeout: INSTALL_MS })
  return [python, join(SENDERS, `${id}.py`)]
}

const NEWEST = ['client', 'otel', 'tracing'].map((part) => `@langfuse/${part}@latest`)
const ALL: readonly Sender[] = [
  { name: 'JavaScript, batches', prepare: () => nodeSender('js-batches', ['langfuse@3']) },
  {
    name: 'JavaScript, newest',
    prepare: () =>
      nodeSender('js-newest', [...NEWEST, '@opentelemetry/api@1', '@opentelemetry/sdk-trace-node@2']),
  },
  { name: 'Python, batches', prepare: () => pythonSender('python_batches', 'langfuse<3') },
  { name: 'Python, newest', prepare: () => pythonSender('python_newest', 'langfuse') },
]

type Json = { readonly [key: string]: unknown }

/** What must have arrived, whichever SDK sent it. */
function expected(
  trace: Json,
  spans: Json,
): readonly (readonly [what: string, got: unknown, wanted: unknown])[] {
  const metrics = trace.metrics as Json
  const feedback = trace.feedback as readonly Json[]
  const one = (name: string) => feedback.find((each) => each.name === name) ?? {}
  return [
    ['chatbot', (trace.chatbot as Json).name, 'Order helper'],
    ['participant', (trace.participant as Json | undefined)?.id, 'ana'],
    ['session', String((trace.session as Json | undefined)?.id).startsWith('s-'), true],
    ['tags', JSON.stringify(trace.tags), '["vip"]'],
    ['environment', trace.environment, 'staging'],
    ['status', trace.status, 'ok'],
    ['input', trace.input, 'Where is my order?'],
    ['output', trace.output, 'On its way.'],
    ['LLM turns', metrics.llmTurns, 1],
    ['input tokens', metrics.inputTokens, 12],
    ['output tokens', metrics.outputTokens, 5],
    ['cost', metrics.cost, 0.003],
    ['feedback', feedback.length, 2],
    ['a boolean score', one('helpful').value, true],
    ['its comment', one('helpful').comment, 'quick'],
    ['a score of a step', one('relevance').value, 0.75],
    ['its step', typeof one('relevance').spanId, 'string'],
    ['spans', Number(spans.count) >= 3, true],
  ]
}

async function send(
  [command, script]: readonly [string, string],
  address: string,
): Promise<{ traceId: string; problems: string[] }> {
  const env = {
    ...process.env,
    LANGFUSE_BASE_URL: address,
    LANGFUSE_HOST: address,
    LANGFUSE_BASEURL: address,
  }
  const keys = { LANGFUSE_PUBLIC_KEY: 'pk-lf-test', LANGFUSE_SECRET_KEY: 'sk-lf-test' }
  const { stdout, stderr } = await run(command, [script], { env: { ...env, ...keys }, timeout: SEND_MS })
  const { traceId, failures } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as {
    traceId: string
    failures: string[]
  }
  // SDKs log what they could not send, and go on.
  const logged = stderr.split('\n').filter((line) => /error|exception|fail/i.test(line))
  return { traceId, problems: [...failures, ...logged] }
}

const dataDir = mkdtempSync(join(tmpdir(), 'turnscope-langfuse-'))
const gateway = await startGatewayProcess({
  dataDir,
  run: 'sources',
  env: { TURNSCOPE_INGEST_TOKEN: 'sk-lf-test' },
})
const otlp = /(http:\/\/127\.0\.0\.1:\d+)/g
const addresses = [...new Set(gateway.output().match(otlp) ?? [])]
const counts = { passed: 0, failed: 0, skipped: 0 }
try {
  for (const { name, prepare } of ALL) {
    let program: readonly [string, string]
    try {
      program = await prepare()
    } catch (error) {
      counts.skipped += 1
      console.log(`skipped: ${name}: its packages cannot be had: ${firstLine(error)}`)
      continue
    }
    for (const address of addresses) {
      const { traceId, problems } = await send(program, address).catch((error: unknown) => ({
        traceId: '',
        problems: [String(error)],
      }))
      const path = `${gateway.address}/api/v1/sources/local/traces/${traceId}`
      const [trace, spans] = (await Promise.all(
        [path, `${path}/spans`].map(async (url) => (await fetch(url)).json()),
      )) as [Json, Json]
      const wrong =
        trace.traceId === undefined
          ? [`no trace ${traceId}`]
          : expected(trace, spans).flatMap(([what, got, wanted]) =>
              got === wanted ? [] : [`${what}: ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`],
            )
      const all = [...problems, ...wrong]
      counts[all.length === 0 ? 'passed' : 'failed'] += 1
      console.log(`${all.length === 0 ? 'ok' : 'FAILED'}: ${name}, at ${address}`)
      for (const line of all) console.log(`  ${line}`)
    }
  }
} finally {
  await gateway.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exit(counts.failed === 0 ? 0 : 1)
