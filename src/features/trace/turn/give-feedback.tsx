import { type FormEvent, useState } from 'react'
import type { TraceId } from '../../../domain/model/units.ts'
import { useGiveFeedback } from '../../../state/given-feedback.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { Icon } from '../../../ui/icons/icons.tsx'
import { TextField } from '../../../ui/text-field.tsx'

type Thumb = 'up' | 'down'

/** The gateway takes 10,240 bytes; a character has four at most. */
const LONGEST_COMMENT = 2_500

const THUMBS = [
  ['up', 'Good answer', 'thumb-up'],
  ['down', 'Bad answer', 'thumb-down'],
] as const

/** Thumbs and comments on a turn. A thumb is kept at once, and one that comes after it replaces it. */
export function GiveFeedback({ traceId }: { readonly traceId: TraceId }) {
  const [thumb, setThumb] = useState<Thumb>()
  const [comment, setComment] = useState('')
  const { mutate, isPending, isSuccess, error } = useGiveFeedback(traceId)
  const text = comment.trim()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (text !== '') mutate({ name: 'comment', comment: text }, { onSuccess: () => setComment('') })
  }
  return (
    <form className="flex max-w-[68ch] flex-wrap items-center gap-1.5 pt-1.5" onSubmit={submit}>
      {THUMBS.map(([value, label, icon]) => (
        <IconButton
          key={value}
          label={label}
          aria-pressed={thumb === value}
          disabled={isPending}
          onClick={() => {
            setThumb(value)
            mutate({ name: 'thumbs', value })
          }}
        >
          <Icon name={icon} />
        </IconButton>
      ))}
      <TextField
        label="Comment on this turn"
        placeholder="Comment"
        className="min-w-[120px] flex-1"
        maxLength={LONGEST_COMMENT}
        value={comment}
        onChange={(event) => setComment(event.target.value)}
      />
      <Button type="submit" disabled={isPending || text === ''}>
        Send
      </Button>
      <span role="status" className="text-label text-text-3">
        {isPending ? 'Saving' : isSuccess ? 'Saved' : ''}
      </span>
      {error && (
        <p role="alert" className="w-full text-label text-error">
          Not saved: {error.message}
        </p>
      )}
    </form>
  )
}
