import { LangfuseSource } from '../../sources/langfuse/langfuse-source.ts'
import { requiredSecret, requiredUrl } from '../settings/setting-readers.ts'
import { backendKind } from './backend-kind.ts'

export const langfuseKind = backendKind({
  kind: 'langfuse',
  trigger: 'LANGFUSE_BASE_URL',
  names: ['LANGFUSE_BASE_URL', 'LANGFUSE_PUBLIC_KEY', 'LANGFUSE_SECRET_KEY'],
  read: ({ env, nameOf }) => {
    const baseUrl = nameOf('LANGFUSE_BASE_URL')
    return {
      baseUrl: requiredUrl(env, baseUrl),
      publicKey: requiredSecret(env, nameOf('LANGFUSE_PUBLIC_KEY'), baseUrl),
      secretKey: requiredSecret(env, nameOf('LANGFUSE_SECRET_KEY'), baseUrl),
    }
  },
  open: async (id, { baseUrl, publicKey, secretKey }, { reader }) => {
    const closed = new AbortController()
    const source = new LangfuseSource({ id, baseUrl, publicKey, secretKey, reader })
    // Whether it answers is said by its state; the start does not wait for it.
    source.look(closed.signal).catch(() => {})
    return { source, close: async () => closed.abort() }
  },
})
