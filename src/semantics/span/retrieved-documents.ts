import type { Attributes, AttributeValue, RetrievedDocument } from '../../domain/model/span.ts'
import { PLACES } from '../conventions/convention-table.ts'
import { isNothing, readValue, saidNumber } from '../readable/tolerant-value.ts'
import { isShape } from '../readable/value-shape.ts'
import { spanValue } from './span-texts.ts'

const LISTS = ['documents', 'source_nodes', 'nodes', 'results', 'hits', 'chunks'] as const
const CONTENT = ['page_content', 'content', 'text', 'chunk', 'document'] as const

/** What Python prints of an object that has no text of its own. */
const OBJECT_REPR = /^<.*>$/s

/** A document in any of the shapes that retrievers write. */
export function documentOf(value: AttributeValue): RetrievedDocument | undefined {
  if (typeof value === 'string') return OBJECT_REPR.test(value) ? undefined : { content: value }
  if (!isShape(value)) return undefined
  const node = isShape(value.node) ? value.node : isShape(value.document) ? value.document : value
  const known = ['id', 'id_', 'doc_id', 'score', ...CONTENT].some((key) => key in node)
  // Rasa's stores record the metadata alone.
  const metadata = readValue(node.metadata ?? value.metadata) ?? (known ? undefined : value)
  const fields = isShape(metadata) ? metadata : {}
  const id = [
    value.id,
    node.id,
    node.id_,
    fields.id,
    fields.document_id,
    fields.source,
    value.doc_id,
    value.source,
  ].find((each) => typeof each === 'string' || typeof each === 'number')
  const content = CONTENT.map((key) => node[key]).find((each): each is string => typeof each === 'string')
  const score =
    saidNumber(value.score) ??
    saidNumber(node.score) ??
    saidNumber(fields.score) ??
    saidNumber(fields.relevance_score)
  if (id === undefined && content === undefined && score === undefined && metadata == null) return undefined
  return {
    ...(id !== undefined && { id: String(id) }),
    ...(content !== undefined && { content }),
    ...(score !== undefined && { score }),
    ...(metadata !== undefined && !isNothing(metadata) && { metadata }),
  }
}

export const MOST_DOCUMENTS = 1000

/** `key.N.document.id`, …, as OpenInference flattens them. */
function flattenedDocuments(attributes: Attributes, key: string): AttributeValue[] {
  const documents: AttributeValue[] = []
  for (let at = 0; at < MOST_DOCUMENTS; at++) {
    const start = `${key}.${at}.document.`
    const fields = ['id', 'content', 'score', 'metadata'].flatMap((name) => {
      const value = attributes[start + name]
      return value === undefined ? [] : [[name, value] as const]
    })
    if (fields.length === 0) break
    documents.push(Object.fromEntries(fields))
  }
  return documents
}

const listIn = (value: AttributeValue | undefined): readonly AttributeValue[] | undefined => {
  const read = readValue(value)
  if (Array.isArray(read)) return read
  if (!isShape(read)) return undefined
  for (const key of LISTS) if (Array.isArray(read[key])) return read[key] as readonly AttributeValue[]
  return undefined
}

/** Where a retrieval's documents may stand, as lists; undefined where there is no list. */
function* placesOf(attributes: Attributes): Generator<readonly AttributeValue[] | undefined> {
  for (const [, key, { flattened } = {}] of PLACES.documents) {
    const documents = flattened ? flattenedDocuments(attributes, key) : listIn(attributes[key])
    yield flattened && documents?.length === 0 ? undefined : documents
  }
  // Where no key names them they are what the retriever gave back.
  yield listIn(spanValue(attributes, 'output'))
}

/** What a retrieval brought, from the first place that has any. */
export function documentsOf(attributes: Attributes): readonly RetrievedDocument[] {
  for (const list of placesOf(attributes)) {
    const documents = (list ?? []).slice(0, MOST_DOCUMENTS).flatMap((each) => documentOf(each) ?? [])
    if (documents.length > 0) return documents
  }
  return []
}

/** How many documents a retrieval brought; 0 where it says that there were none, undefined where it says nothing. */
export function documentCount(attributes: Attributes): number | undefined {
  let count: number | undefined
  for (const list of placesOf(attributes)) {
    if (list === undefined) continue
    count = list.slice(0, MOST_DOCUMENTS).filter((each) => documentOf(each) !== undefined).length
    if (count > 0) return count
    // Entries that are no documents say nothing of how many there were.
    if (list.length > 0) count = undefined
  }
  return count
}
