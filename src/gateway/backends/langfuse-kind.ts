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
})
