/** Two string methods that every supported engine has and the ES2023 library does not name. */
interface UnicodeText {
  isWellFormed(): boolean
  toWellFormed(): string
}

export const hasNul = (text: string): boolean => text.includes('\0')
export const isWellFormed = (text: string): boolean => (text as unknown as UnicodeText).isWellFormed()

/**
 * Well-formed Unicode without NUL: neither columns of a database nor readers of JSON take the rest. What is not
 * stands as U+FFFD.
 */
export const safeText = (text: string): string => {
  const safe = hasNul(text) ? text.replaceAll('\0', '\ufffd') : text
  return isWellFormed(safe) ? safe : (safe as unknown as UnicodeText).toWellFormed()
}
