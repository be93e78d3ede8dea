const count = (value: number): string => value.toLocaleString('en-US')

/** The first `length` UTF-16 units of a text, or one less where that would split a surrogate pair. */
export const cutText = (text: string, length: number): string => {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length)
}

/** The same with a mark at its end that says how much is missing. */
export const cutWithMark = (text: string, length: number): string => {
  const kept = cutText(text, length)
  return kept.length === text.length
    ? text
    : `${kept}\n[cut: ${count(text.length - kept.length)} more characters]`
}

/** What is said of a text that was cut. `what` names it. */
export const cutProblem = (what: string, text: string, kept: number): string =>
  `${what} was cut from ${count(text.length)} to ${count(kept)} characters`

/** Whether problems say that something was cut. */
export const saysCut = (problems: readonly string[] | undefined): boolean =>
  problems?.some((problem) => problem.includes(' was cut')) ?? false
