import { isValidElement, type ReactNode } from 'react'
import { ICON_PATHS, type IconName } from '../../../../ui/icons/icon-paths.tsx'

interface Drawn {
  readonly d?: string
  readonly cx?: string
  readonly cy?: string
  readonly r?: string
  readonly children?: ReactNode
}

/** A circle as two arcs. */
const circle = (cx: number, cy: number, r: number): string =>
  `M${cx - r} ${cy}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`

const pathOf = (node: ReactNode): string => {
  if (Array.isArray(node)) return node.map(pathOf).join('')
  if (!isValidElement<Drawn>(node)) return ''
  const { d, cx, cy, r, children } = node.props
  if (d !== undefined) return d
  return r === undefined ? pathOf(children) : circle(Number(cx), Number(cy), Number(r))
}

const known = new Map<string, string>()

/**
 * An icon of the kit as the data of one path: rows are painted outside of React, and setting one attribute is
 * far cheaper than pointing to a symbol.
 */
export const glyphPath = (name: string): string => {
  const found = known.get(name)
  if (found !== undefined) return found
  const path = Object.hasOwn(ICON_PATHS, name) ? pathOf(ICON_PATHS[name as IconName]) : ''
  known.set(name, path)
  return path
}
