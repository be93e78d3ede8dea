import type { DuckDBConnection } from '@duckdb/node-api'
import { typedDefinition } from '../columns/typed-spans.ts'

/** The statements that lead from one version to the next. A step that was published never changes. */
export type Step = readonly string[]

/**
 * Rows stand in order of arrival, which is nearly the order of time: a look-up that names the trace's time
 * range reads a few row groups, so nothing but the engine's own minima and maxima is needed as an index.
 * `trace_key` is a hash of the id: four bytes to scan instead of thirty-two.
 * Lists are text between separators (trace-columns.ts): such columns are kept as dictionaries, and a
 * search looks at each distinct list once. Texts that are only ever read whole are packed by zstd: a quarter
 * of the size that the engine's own choice gives, and half the work at a checkpoint. Payloads stand in the
 * spans' rows: columns are stored apart, and a column that is not asked for is not read.
 * `…_lower` is null where it would repeat the column.
 */
const FIRST: Step = [
  `CREATE TABLE traces (
    trace_key INTEGER NOT NULL, trace_id VARCHAR NOT NULL,
    start_time BIGINT NOT NULL, duration BIGINT NOT NULL,
    first_time BIGINT NOT NULL, last_time BIGINT NOT NULL,
    root_seen BOOLEAN NOT NULL, arrival BIGINT NOT NULL,
    status VARCHAR NOT NULL, kind VARCHAR NOT NULL, turns INTEGER NOT NULL,
    chatbot_id VARCHAR NOT NULL, chatbot_name VARCHAR NOT NULL, version VARCHAR, session VARCHAR,
    participant_id VARCHAR, participant_name VARCHAR, environment VARCHAR, channel VARCHAR, error VARCHAR,
    trace_id_lower VARCHAR, chatbot_id_lower VARCHAR, chatbot_name_lower VARCHAR, version_lower VARCHAR,
    session_lower VARCHAR, participant_id_lower VARCHAR, participant_name_lower VARCHAR,
    environment_lower VARCHAR, channel_lower VARCHAR, error_lower VARCHAR,
    tags VARCHAR, models VARCHAR, tools VARCHAR, flows VARCHAR, span_names VARCHAR, services VARCHAR,
    changed VARCHAR, feedback VARCHAR, scores VARCHAR, score_low DOUBLE, score_high DOUBLE,
    tokens DOUBLE, cost DOUBLE, llm_turns DOUBLE, tool_calls DOUBLE,
    input_tokens DOUBLE, output_tokens DOUBLE, first_token DOUBLE,
    search_text VARCHAR NOT NULL, summary VARCHAR NOT NULL,
    input VARCHAR USING COMPRESSION zstd, output VARCHAR USING COMPRESSION zstd,
    participant_data VARCHAR USING COMPRESSION zstd, session_data VARCHAR USING COMPRESSION zstd,
    detail VARCHAR USING COMPRESSION zstd, judged VARCHAR USING COMPRESSION zstd)`,
  `CREATE TABLE spans (
    trace_key INTEGER NOT NULL, trace_id VARCHAR NOT NULL, span_id VARCHAR NOT NULL,
    start_time BIGINT NOT NULL, duration BIGINT, name VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    outline VARCHAR NOT NULL USING COMPRESSION zstd, facts VARCHAR USING COMPRESSION zstd,
    resource VARCHAR NOT NULL, payload VARCHAR NOT NULL USING COMPRESSION zstd)`,
  `CREATE TABLE logs (
    trace_key INTEGER NOT NULL, trace_id VARCHAR NOT NULL, span_id VARCHAR, time BIGINT NOT NULL,
    record VARCHAR NOT NULL USING COMPRESSION zstd)`,
  // Large traces whose row is behind their spans: folded when the store is opened after a crash.
  'CREATE TABLE unfolded (trace_id VARCHAR NOT NULL)',
]

/** Turns that bots record themselves, beside what their spans say. */
const RECORDED: Step = ['ALTER TABLE traces ADD COLUMN recorded VARCHAR USING COMPRESSION zstd']

/** Beyond all moments, and exact in both SQL and JavaScript: where nothing is known of a range of time. */
export const EVER = { first: -(2 ** 62), last: 2 ** 62 } as const
/** Spans written before RANGES are checked in so many parts, told apart by the last bits of their trace's key. */
export const CHECKED_PARTS = 16

/**
 * While a row is behind its spans, so is the range of time in it: the mark says where the spans are. Marks
 * that were left before know it not. What was stored before is checked once, part by part (healing.ts).
 */
const RANGES: Step = [
  `ALTER TABLE unfolded ADD COLUMN first_time BIGINT DEFAULT ${BigInt(EVER.first)}`,
  `ALTER TABLE unfolded ADD COLUMN last_time BIGINT DEFAULT ${BigInt(EVER.last)}`,
  'CREATE TABLE unchecked (part INTEGER NOT NULL)',
  `INSERT INTO unchecked SELECT range FROM range(${CHECKED_PARTS}) WHERE EXISTS (SELECT 1 FROM spans)`,
]

/** Records of before are taken to have arrived when they were made. A row in the other: nothing is deleted. */
const ARRIVALS: Step = [
  'ALTER TABLE logs ADD COLUMN arrival BIGINT',
  'CREATE TABLE retention_held (since BIGINT NOT NULL)',
]

/**
 * Texts that are too long for their columns, in pieces (long-texts.ts), and what is searched of long texts, in
 * pieces that overlap. `owner` says what of the trace a text belongs to. A row's `first_text` and `last_text` are
 * the least and the greatest id of what it names.
 */
const LONG_TEXTS: Step = [
  `CREATE TABLE long_texts (
    id BIGINT NOT NULL, part INTEGER NOT NULL, trace_id VARCHAR NOT NULL,
    owner VARCHAR NOT NULL, text VARCHAR NOT NULL USING COMPRESSION zstd)`,
  `CREATE TABLE search_pieces (
    id BIGINT NOT NULL, trace_id VARCHAR NOT NULL, text VARCHAR NOT NULL USING COMPRESSION zstd)`,
  ...['traces', 'spans', 'logs'].flatMap((table) => [
    `ALTER TABLE ${table} ADD COLUMN first_text BIGINT`,
    `ALTER TABLE ${table} ADD COLUMN last_text BIGINT`,
  ]),
]

/** Feedback that was given by itself; it waits here for a trace that has not come. */
const FEEDBACK: Step = [
  `CREATE TABLE feedback (
    trace_key INTEGER NOT NULL, trace_id VARCHAR NOT NULL, id VARCHAR NOT NULL,
    arrival BIGINT NOT NULL, record VARCHAR NOT NULL USING COMPRESSION zstd)`,
]

/** What came in parts, merged so far (records.ts): spans are made of it anew with each part. */
const RECORDS: Step = [
  `CREATE TABLE records (
    entity_key INTEGER NOT NULL, name VARCHAR NOT NULL, id VARCHAR NOT NULL, trace_id VARCHAR NOT NULL,
    arrival BIGINT NOT NULL, record VARCHAR NOT NULL USING COMPRESSION zstd,
    first_text BIGINT, last_text BIGINT)`,
]

/**
 * What spans are counted and compared by, a narrow row each (typed-spans.ts): questions over many spans open no
 * text. `untyped` marks the traces whose rows are still to be written (typing.ts): all that were stored before.
 */
const TYPED: Step = [
  `CREATE TABLE typed_spans (${typedDefinition(8)})`,
  `CREATE TABLE untyped (
    trace_id VARCHAR NOT NULL, start_time BIGINT NOT NULL, may_have_rows BOOLEAN NOT NULL)`,
  'INSERT INTO untyped SELECT trace_id, start_time, false FROM traces',
]

/** Failures made good; unknown of traces that were stored before, until more of their spans come. */
const RECOVERED: Step = ['ALTER TABLE traces ADD COLUMN recovered DOUBLE']

export const STEPS: readonly Step[] = [
  FIRST,
  RECORDED,
  RANGES,
  ARRIVALS,
  LONG_TEXTS,
  FEEDBACK,
  RECORDS,
  TYPED,
  RECOVERED,
]

/** What a database says of itself: our schema's version, `empty` before the first step, or not ours. */
export type Identity = { readonly version: number } | 'empty' | 'foreign'

export async function identify(connection: DuckDBConnection): Promise<Identity> {
  const tables = await connection.runAndReadAll(
    "SELECT table_name FROM information_schema.tables WHERE table_catalog = current_database() AND table_schema = 'main'",
  )
  const names = tables.getRowsJS().map(([name]) => name)
  if (names.length === 0) return 'empty'
  if (!names.includes('turnscope_store')) return 'foreign'
  const versions = await connection.runAndReadAll('SELECT max(version)::DOUBLE FROM turnscope_store')
  const version = versions.getRowsJS()[0]?.[0]
  return typeof version === 'number' ? { version } : 'foreign'
}

/**
 * Brings a database of ours (or an empty one) to the newest version, each step in a transaction of its own.
 * Gives the version that it then has.
 */
export async function migrate(
  connection: DuckDBConnection,
  from: number,
  steps: readonly Step[] = STEPS,
): Promise<number> {
  for (let version = from; version < steps.length; version++) {
    await connection.run('BEGIN TRANSACTION')
    try {
      if (version === 0) await connection.run('CREATE TABLE turnscope_store (version INTEGER NOT NULL)')
      for (const statement of steps[version] ?? []) await connection.run(statement)
      await connection.run('DELETE FROM turnscope_store')
      await connection.run(`INSERT INTO turnscope_store VALUES (${version + 1})`)
      await connection.run('COMMIT')
    } catch (error) {
      await connection.run('ROLLBACK')
      throw error
    }
  }
  return steps.length
}
