import type { TraceId } from '../../domain/model/units.ts'
import type { TraceSource } from '../../domain/port/trace-source.ts'
import { encodeSpanColumns } from '../../wire/span-columns.ts'
import { JsonText } from './reply.ts'

/** Smaller replies are made anew as fast as they are found again. */
const WORTH_KEEPING = 131_072
/** About 600,000 spans. */
const MOST_BYTES = 33_554_432

interface Kept {
  readonly version: string
  readonly text: JsonText
}

/**
 * The span lists of long traces as they are sent, so that who opens one again does not wait for 100,000 spans
 * to be read and written anew. Kept as long as the source gives the same version; the longest unused go first.
 */
export class KeptSpans {
  readonly #kept = new Map<string, Kept>()
  readonly #most: number
  #bytes = 0

  constructor(most = MOST_BYTES) {
    this.#most = most
  }

  /** The body of `…/spans`. Rejects as `getSpans` does. */
  async reply(source: TraceSource, id: TraceId, signal: AbortSignal): Promise<JsonText> {
    const name = `${source.info.id}\n${id}`
    const kept = this.#kept.get(name)
    if (kept && (await source.spansVersion?.(id, signal)) === kept.version) {
      this.#drop(name)
      this.#keep(name, kept)
      return kept.text
    }
    this.#drop(name)
    const list = await source.getSpans(id, signal)
    const text = new JsonText(encodeSpanColumns(list))
    if (source.spansVersion && list.version !== undefined && text.bytes.length >= WORTH_KEEPING) {
      this.#drop(name)
      this.#keep(name, { version: list.version, text })
    }
    return text
  }

  #keep(name: string, kept: Kept): void {
    this.#kept.set(name, kept)
    this.#bytes += kept.text.bytes.length
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#most) break
      this.#drop(oldest)
    }
  }

  #drop(name: string): void {
    this.#bytes -= this.#kept.get(name)?.text.bytes.length ?? 0
    this.#kept.delete(name)
  }
}
