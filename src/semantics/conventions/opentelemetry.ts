import { saidText } from '../readable/tolerant-value.ts'
import type { Convention } from './convention.ts'

/** OpenTelemetry's general conventions: resource, session and user, errors, transport. */
export const OPENTELEMETRY: Convention = {
  name: 'OpenTelemetry',
  places: {
    version: [[40, 'service.version', { on: 'either' }]],
    session: [[20, 'session.id']],
    participant: [
      [10, 'user.id'],
      [20, 'enduser.id'],
    ],
    participantName: [[10, 'user.name']],
    environment: [
      [10, 'deployment.environment.name', { on: 'either' }],
      [20, 'deployment.environment', { on: 'either' }],
    ],
    vectorStore: [
      [10, 'db.system.name'],
      [20, 'db.system'],
    ],
    errorMessage: [[30, 'error.message']],
  },
  claims: [
    (at) => {
      const type = saidText(at['error.type'])
      return type === undefined ? undefined : { type }
    },
  ],
  transport: ['http.', 'url.', 'db.', 'rpc.', 'messaging.', 'net.'],
}

/** What an answer over HTTP says of a failure, where nothing else does: its status, and its body. */
export const HTTP_ANSWER = {
  status: ['http.response.status_code', 'http.status_code'],
  body: ['http.response.body', 'http.response.body.content', 'http.response_body'],
} as const
