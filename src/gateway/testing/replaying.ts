import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NO_FILES } from '../api/static-files.ts'
import { readConfig } from '../settings/config.ts'
import { openSourceTable } from '../sources/source-table.ts'
import { startGateway } from '../start-gateway.ts'

/** For tests: a gateway with a store of its own, that takes what senders sent and is read as a browser reads. */
export interface ReplayGateway {
  readonly address: string
  /** `host:port` of OTLP/gRPC; null where the settings turn it off. */
  readonly grpc: string | null
  /** Rejects where it is not taken whole. */
  readonly send: (
    body: Uint8Array<ArrayBuffer> | string,
    how: { contentType: string; path?: string },
  ) => Promise<void>
  /** Reads below `/api/v1/sources/local/`. */
  readonly read: <Reply>(path: string) => Promise<Reply>
  readonly close: () => Promise<void>
}

/** `settings` as in the environment, beside those that keep it to itself. */
export async function openReplayGateway(
  settings: Readonly<Record<string, string>> = {},
): Promise<ReplayGateway> {
  const { config } = readConfig({ PORT: '0', OTLP_HTTP_PORT: 'off', OTLP_GRPC_PORT: 'off', ...settings })
  const dataDir = mkdtempSync(join(tmpdir(), 'turnscope-replay-'))
  const table = await openSourceTable({ ...config, dataDir }, () => {})
  const gateway = await startGateway({ ...config, dataDir }, table, NO_FILES)
  return {
    address: gateway.address,
    grpc: gateway.otlp.grpc,
    send: async (body, { contentType, path = '/v1/traces' }) => {
      const reply = await fetch(`${gateway.address}${path}`, {
        method: 'POST',
        headers: { 'content-type': contentType },
        body,
      })
      if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${await reply.text()}`)
      await reply.arrayBuffer()
    },
    read: async <Reply>(path: string) => {
      const reply = await fetch(`${gateway.address}/api/v1/sources/local/${path}`)
      if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${await reply.text()}`)
      return (await reply.json()) as Reply
    },
    close: async () => {
      await gateway.close(1000)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
