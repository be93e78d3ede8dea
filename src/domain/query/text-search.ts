/** One part of a free text search. */
export interface SearchTerm {
  /** A word or a phrase, as it was typed. */
  readonly text: string
  /** None of the texts may hold it. */
  readonly excluded: boolean
}

/** Most terms of a search: each is a look through every text. */
export const MOST_TERMS = 50

/** A phrase (an unclosed one runs to the end) or a word, each with or without a minus before it. */
const TERM = /(-?)"([^"]*)(?:"|$)|(-?)(\S+)/g

/**
 * Reads a search: words in any order, all of which must occur; `"…"` is a phrase; a leading `-` excludes the
 * word or the phrase after it. A quote inside a word, a lone `-` and what would be an empty phrase stand for
 * themselves.
 */
export function searchTerms(text: string): readonly SearchTerm[] {
  const terms: SearchTerm[] = []
  for (const [whole, phraseSign, phrase, wordSign, word] of text.matchAll(TERM)) {
    if (phrase !== undefined && phrase.trim() !== '') {
      terms.push({ text: phrase, excluded: phraseSign === '-' })
    } else if (word !== undefined) terms.push({ text: word, excluded: wordSign === '-' })
    else terms.push({ text: whole, excluded: false })
  }
  return terms
}
