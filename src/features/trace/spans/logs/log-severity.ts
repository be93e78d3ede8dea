/** Words and colours of OpenTelemetry's severity numbers, four to a word, from 1. */
const WORDS = [
  { word: 'Trace', tone: 'text-text-3' },
  { word: 'Debug', tone: 'text-text-3' },
  { word: 'Info', tone: 'text-text-2' },
  { word: 'Warn', tone: 'text-warn' },
  { word: 'Error', tone: 'text-error' },
  { word: 'Fatal', tone: 'text-error' },
] as const

/** How a severity reads; a record without a number keeps its own word. */
export const severityOf = (
  severity: number,
  text: string | undefined,
): { readonly word: string; readonly tone: string } => {
  const known = severity >= 1 && severity <= 24 ? WORDS[Math.floor((severity - 1) / 4)] : undefined
  return { word: text || known?.word || 'Log', tone: known?.tone ?? 'text-text-2' }
}
