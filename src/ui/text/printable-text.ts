// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences are what is looked for
const TERMINAL_SEQUENCE = /\u001b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g

/** Control characters but tab and line break, those that turn the direction of text, and marks without width. */
const INVISIBLE = /[^\P{Cc}\t\n]|\p{Bidi_Control}|[\ufeff\ufff9-\ufffb]/gu

const codePoint = (character: string): string =>
  `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`

const visible = (character: string): string => {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '\u2421' : codePoint(character)
}

/**
 * Foreign text as one can safely read it: terminal colours dropped, control characters and those that turn
 * the direction of text shown in words instead of obeyed. Line breaks and tabs stay.
 */
export const printable = (text: string): string =>
  text.replaceAll('\r\n', '\n').replace(TERMINAL_SEQUENCE, '').replace(INVISIBLE, visible)

/** The first `length` characters, never half of a surrogate pair. */
export const cutAt = (text: string, length: number): string => {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length)
}
