/** One way to send turns here, to be copied. */
export interface Recipe {
  readonly id: string
  readonly title: string
  readonly about: string
  /** What stands above the code: a file or a shell. */
  readonly where: string
  readonly code: string
}

/** Where this page's gateway takes turns: OTLP over HTTP at the page's own address, gRPC beside it. */
export interface Addresses {
  /** `http://127.0.0.1:4320` */
  readonly origin: string
  /** `127.0.0.1:4317` */
  readonly grpc: string
}

const GRPC_PORT = 4317

/** The addresses as seen from the browser. */
export const addressesOf = ({ origin, hostname }: Pick<Location, 'origin' | 'hostname'>): Addresses => ({
  origin,
  grpc: `${hostname}:${GRPC_PORT}`,
})

/** Every recipe, the most likely first. */
export const recipesFor = ({ origin, grpc }: Addresses): readonly Recipe[] => [
  {
    id: 'rasa',
    title: 'Rasa',
    about:
      'Spans of every turn, and with the second entry also its texts, tools and tokens. Any keys will do.',
    where: 'endpoints.yml',
    code: `tracing:
  - type: otlp
    endpoint: ${grpc}
    insecure: true
    service_name: my-assistant
  - type: langfuse
    host: ${origin}
    public_key: \${LANGFUSE_PUBLIC_KEY}
    private_key: \${LANGFUSE_PRIVATE_KEY}`,
  },
  {
    id: 'otlp',
    title: 'OpenTelemetry',
    about: 'Any SDK, with any of the usual instrumentations of language models.',
    where: 'Environment of the assistant',
    code: `OTEL_EXPORTER_OTLP_ENDPOINT=${origin}
OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
OTEL_SERVICE_NAME=my-assistant`,
  },
  {
    id: 'langfuse',
    title: 'Langfuse’s SDKs',
    about: 'An assistant that is already traced with them needs one setting. Any keys will do.',
    where: 'Environment of the assistant',
    code: `LANGFUSE_BASE_URL=${origin}
LANGFUSE_PUBLIC_KEY=pk-lf-any
LANGFUSE_SECRET_KEY=sk-lf-any`,
  },
  {
    id: 'collector',
    title: 'OpenTelemetry Collector',
    about: 'Beside the backends that it exports to already.',
    where: 'Collector configuration',
    code: `exporters:
  otlphttp/turnscope:
    endpoint: ${origin}
service:
  pipelines:
    traces:
      exporters: [otlphttp/turnscope]`,
  },
  {
    id: 'turn',
    title: 'Turn API',
    about: 'For an assistant without any tracing: one request a turn.',
    where: 'Shell',
    code: turnRecipe(origin),
  },
  {
    id: 'file',
    title: 'A file',
    about: 'Traces that were exported: OTLP JSON, Jaeger JSON or a Langfuse export, gzip or not.',
    where: 'Shell',
    code: `curl -sS ${origin}/api/v1/import --data-binary @traces.json`,
  },
]

function turnRecipe(origin: string): string {
  return `curl -sS ${origin}/api/v1/turns -H 'Content-Type: application/json' -d '{
  "startTime": "'$(date -u +%FT%TZ)'", "duration": 900000,
  "chatbot": {"name": "my-assistant", "version": "1"},
  "session": {"id": "s-1"},
  "participant": {"id": "ana", "name": "Ana"},
  "input": "hello",
  "output": "Hello Ana, how can I help?"
}'`
}
