import type { SpanKind } from '../../domain/span.ts'

/** What the page asks of the span panel: a new object each time, so that asking twice acts twice. */
export type PanelWish =
  | { readonly wants: 'root-cause' }
  | { readonly wants: 'span'; readonly spanId: string }
  | { readonly wants: 'kind'; readonly kind: SpanKind }
