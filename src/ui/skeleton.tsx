/** Stands where text will stand, of its size: a grey line of the given width (any CSS length). */
export function Skeleton({
  width = '100%',
  height = 8,
}: {
  readonly width?: string
  readonly height?: number
}) {
  return <span aria-hidden="true" className="block rounded-1 bg-surface-3" style={{ width, height }} />
}
