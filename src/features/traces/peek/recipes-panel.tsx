import { IconButton } from '../../../ui/button.tsx'
import { CopyLink } from '../../../ui/copy-button.tsx'
import { Icon } from '../../../ui/icons/icons.tsx'
import { addressesOf, type Recipe, recipesFor } from './recipes.ts'

/** How to send turns here: recipes to copy, the first one open. */
export function RecipeList() {
  return recipesFor(addressesOf(window.location)).map((recipe, index) => (
    <RecipeItem key={recipe.id} recipe={recipe} open={index === 0} />
  ))
}

function RecipeItem({
  recipe: { title, about, where, code },
  open,
}: {
  readonly recipe: Recipe
  readonly open: boolean
}) {
  return (
    <details open={open} className="group border-b border-border-1">
      <summary className="flex h-bar-tool items-center gap-2 px-gutter text-data font-semibold hover:bg-surface-2 focus-visible:-outline-offset-2">
        <Icon name="right" size="small" className="text-text-3 group-open:rotate-90" />
        {title}
      </summary>
      <div className="px-gutter pb-3">
        <p className="text-data text-text-2">{about}</p>
        <div className="mt-2 flex items-center justify-between text-label text-text-3">
          {where}
          <CopyLink text={() => code} label={`Copy the recipe for ${title}`}>
            Copy
          </CopyLink>
        </div>
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          className="mt-1 overflow-x-auto rounded-1 bg-surface-2 px-2 py-1.5 font-mono text-code"
        >
          {code}
        </pre>
      </div>
    </details>
  )
}

/** The recipes as a side panel, beside the sample's turns. */
export function RecipesPanel({ onClose }: { readonly onClose: () => void }) {
  return (
    <aside aria-label="Send your own turns" className="flex min-h-0 flex-1 flex-col bg-surface-1">
      <header className="flex h-bar-tool flex-none items-center border-b border-border-1 pr-2 pl-gutter">
        <h2 className="mr-auto text-prose font-semibold">Send your own turns</h2>
        <IconButton label="Close (Esc)" onClick={onClose}>
          <Icon name="close" />
        </IconButton>
      </header>
      <div className="min-h-0 flex-1 overflow-auto">
        <p className="border-b border-border-1 px-gutter py-2.5 text-data text-text-2">
          Sample data disappears when your first turn arrives.
        </p>
        <RecipeList />
      </div>
    </aside>
  )
}
