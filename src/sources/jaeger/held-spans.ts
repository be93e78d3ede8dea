import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import type { Span } from '../../domain/model/span.ts'

const deflate = promisify(deflateRaw)
const inflate = promisify(inflateRaw)

/** Spans are packed so many at a time: a few milliseconds of work, and what is unpacked for one of them. */
const SPANS_A_BLOCK = 500
/** What one span weighs, in bytes: as it is, and packed with what knows where it is. */
const AS_IT_IS = 1_500
const PACKED = 200

type Block = { readonly spans: readonly Span[] } | { readonly packed: Uint8Array }

/**
 * A trace's spans in order of time. Long traces are packed: what a page asks of them next is one span at a
 * time, and a reply of 100,000 spans takes ten times as much when it lies open.
 */
export class HeldSpans {
  readonly #blocks: Block[] = []
  readonly #blockOf = new Map<string, number>()
  readonly count: number

  constructor(spans: readonly Span[]) {
    const sorted = spans.toSorted((a, b) => a.startTime - b.startTime)
    this.count = sorted.length
    for (let at = 0; at < sorted.length; at += SPANS_A_BLOCK) {
      const block = sorted.slice(at, at + SPANS_A_BLOCK)
      for (const { spanId } of block) this.#blockOf.set(spanId, this.#blocks.length)
      this.#blocks.push({ spans: block })
    }
  }

  /** What it takes, about, in bytes. */
  get bytes(): number {
    return this.count * (this.#isLong ? PACKED : AS_IT_IS)
  }

  get #isLong(): boolean {
    return this.#blocks.length > 10
  }

  /** Packs what is worth it, block by block; it can be asked meanwhile. */
  async pack(): Promise<void> {
    if (!this.#isLong) return
    for (const [at, block] of this.#blocks.entries()) {
      if (!('spans' in block)) continue
      const text = Buffer.from(JSON.stringify(block.spans), 'utf8')
      this.#blocks[at] = { packed: await deflate(text, { level: 1 }) }
      await setImmediate()
    }
  }

  /** Those of the spans named that there are. */
  async find(ids: readonly string[]): Promise<ReadonlyMap<string, Span>> {
    const wanted = new Set(ids)
    const blocks = new Set(ids.flatMap((id) => this.#blockOf.get(id) ?? []))
    const found = new Map<string, Span>()
    for (const at of blocks)
      for (const span of await this.#open(at)) if (wanted.has(span.spanId)) found.set(span.spanId, span)
    return found
  }

  /** All of them, in order of time. */
  async *batches(): AsyncGenerator<readonly Span[]> {
    for (let at = 0; at < this.#blocks.length; at++) yield await this.#open(at)
  }

  async #open(at: number): Promise<readonly Span[]> {
    const block = this.#blocks[at]
    if (block === undefined) return []
    if ('spans' in block) return block.spans
    return JSON.parse((await inflate(block.packed)).toString('utf8')) as readonly Span[]
  }
}
