import { type PointerEvent, useRef, useState } from 'react'

/** From here on a press is a drag, px. */
const LEAST = 5

export interface HeadDrag {
  /** The column being dragged. */
  readonly dragged: string | undefined
  /** The column that it would stand before; undefined also where it would stand last. */
  readonly before: string | undefined
  readonly last: boolean
  /** For each head. */
  readonly begin: (event: PointerEvent<HTMLElement>, id: string) => void
}

interface Aim {
  readonly id: string
  /** undefined = at the end. */
  readonly before: string | undefined
}

/** The head that a place lies before: the first whose middle is right of it. */
const aimedAt = (heads: readonly HTMLElement[], x: number): string | undefined =>
  heads.find((head) => {
    const { left, width } = head.getBoundingClientRect()
    return x < left + width / 2
  })?.dataset.column

/** Drags heads (`th[data-column]`) to other places with the pointer; Escape lets go where it was. */
export function useHeadDrag(onMove: (id: string, before: string | undefined) => void): HeadDrag {
  const [aim, setAim] = useState<Aim>()
  const move = useRef(onMove)
  move.current = onMove

  const begin = (event: PointerEvent<HTMLElement>, id: string) => {
    if (event.button !== 0 || event.pointerType === 'touch') return
    const heads = [...(event.currentTarget.parentElement?.querySelectorAll<HTMLElement>('th') ?? [])]
    const from = event.clientX
    let current: Aim | undefined
    const stop = new AbortController()
    const { signal } = stop
    const end = () => {
      stop.abort()
      setAim(undefined)
    }
    const follow = (next: globalThis.PointerEvent) => {
      if (!current && Math.abs(next.clientX - from) < LEAST) return
      next.preventDefault()
      current = { id, before: aimedAt(heads, next.clientX) }
      setAim(current)
    }
    const drop = () => {
      if (current) {
        move.current(current.id, current.before)
        // The press was no click on the head's sort.
        const swallow = (click: Event) => click.stopPropagation()
        window.addEventListener('click', swallow, { capture: true, once: true })
        setTimeout(() => window.removeEventListener('click', swallow, { capture: true }))
      }
      end()
    }
    window.addEventListener('pointermove', follow, { signal })
    window.addEventListener('pointerup', drop, { signal })
    window.addEventListener('pointercancel', end, { signal })
    window.addEventListener(
      'keydown',
      (key) => {
        if (key.key !== 'Escape') return
        key.stopPropagation()
        end()
      },
      { signal, capture: true },
    )
  }
  return { dragged: aim?.id, before: aim?.before, last: aim !== undefined && aim.before === undefined, begin }
}
