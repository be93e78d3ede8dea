import { printable } from './printable-text.ts'

/** Names that stand for words which are not known: in the typeface of code, each in a frame of dashes. */
export function Names({ names, label }: { readonly names: readonly string[]; readonly label: string }) {
  return (
    <ul aria-label={label} className="flex min-w-0 flex-wrap gap-1">
      {names.map((name, at) => (
        <li
          key={`${at} ${name}`}
          className="max-w-full rounded-1 border border-dashed border-border-2 px-[5px] font-mono text-code wrap-anywhere text-text-2"
        >
          <bdi>{printable(name)}</bdi>
        </li>
      ))}
    </ul>
  )
}
