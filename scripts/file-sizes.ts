/** How large the files of a tree are, in lines, and how full its folders: what keeps a file about one idea. */
export interface FileSizes {
  readonly median: number
  /** Nine of ten files have no more lines. */
  readonly p90: number
  /** Folders that hold more than `MOST_FILES`, with how many. */
  readonly crowded: Readonly<Record<string, number>>
}

const MOST_FILES = 20

/**
 * Counts what is no test. Only code has lines, but every file stands in its folder.
 * @param files path (posix) → text
 */
export function fileSizes(files: ReadonlyMap<string, string>): FileSizes {
  const folders = new Map<string, number>()
  const lines: number[] = []
  for (const [path, text] of files) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1)
    folders.set(folder, (folders.get(folder) ?? 0) + 1)
    if (/\.tsx?$/.test(path)) lines.push(text.split('\n').length)
  }
  lines.sort((a, b) => a - b)
  const at = (share: number): number =>
    lines[Math.min(lines.length - 1, Math.floor(lines.length * share))] ?? 0
  return {
    median: at(0.5),
    p90: at(0.9),
    crowded: Object.fromEntries([...folders].filter(([, count]) => count > MOST_FILES)),
  }
}
