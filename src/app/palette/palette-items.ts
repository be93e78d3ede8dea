import type { IconProps } from '../../ui/icons/icons.tsx'

export interface PaletteItem {
  readonly id: string
  readonly group: 'Open' | 'Traces of' | 'Go to' | 'Run' | 'Search'
  readonly label: string
  readonly detail?: string
  readonly icon: IconProps['name']
  readonly run: () => void
}

/** Text that may be an id: one word of at least four characters, with a digit in it. */
export const ID_LIKE = /^(?=\S*\d)\S{4,200}$/

/** Whether every typed word begins a word of the item's label. */
export function found(item: Pick<PaletteItem, 'label'>, typed: string): boolean {
  const words = item.label.toLowerCase().split(/\s+/)
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((part) => words.some((word) => word.startsWith(part)))
}
