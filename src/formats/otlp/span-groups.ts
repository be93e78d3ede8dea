import type { Attributes, Scope, Span } from '../../domain/model/span.ts'

export interface ScopeGroup {
  readonly scope: Scope
  readonly spans: readonly Span[]
}

export interface ResourceGroup {
  readonly resource: Attributes
  readonly scopes: readonly ScopeGroup[]
}

/** A value's content as text, made once per object: spans of one process share theirs. */
const contentKeys = () => {
  const known = new WeakMap<object, string>()
  return (value: object): string => {
    const key = known.get(value) ?? JSON.stringify(value)
    known.set(value, key)
    return key
  }
}

/** Spans by resource and scope, each in the order of its first span. */
export const groupSpans = (spans: readonly Span[]): readonly ResourceGroup[] => {
  const keyOf = contentKeys()
  const groups = new Map<
    string,
    { resource: Attributes; scopes: Map<string, { scope: Scope; spans: Span[] }> }
  >()
  for (const span of spans) {
    const resourceKey = keyOf(span.resource)
    const group = groups.get(resourceKey) ?? { resource: span.resource, scopes: new Map() }
    groups.set(resourceKey, group)
    const scopeKey = keyOf(span.scope)
    const scopeGroup = group.scopes.get(scopeKey) ?? { scope: span.scope, spans: [] }
    group.scopes.set(scopeKey, scopeGroup)
    scopeGroup.spans.push(span)
  }
  return Array.from(groups.values(), ({ resource, scopes }) => ({ resource, scopes: [...scopes.values()] }))
}
