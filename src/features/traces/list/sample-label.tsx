import { Icon } from '../../../ui/icons/icons.tsx'

/** Says plainly that what stands below was made up. */
export function SampleLabel({ open, onRecipes }: { readonly open: boolean; readonly onRecipes: () => void }) {
  return (
    <p className="flex min-h-7 flex-none flex-wrap items-center gap-2 border-t border-border-1 bg-warn-tint px-gutter text-data">
      <span className="inline-flex items-center gap-1.5 font-semibold text-warn">
        <Icon name="warn" size="small" />
        Sample
      </span>
      Sample conversations, shown until your first turn arrives.
      {!open && (
        <button type="button" onClick={onRecipes} className="text-accent hover:underline">
          Send your own turns
        </button>
      )}
    </p>
  )
}
