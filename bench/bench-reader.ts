import { conventionReader, type Reader } from '../src/sources/store/columns/reader.ts'

const conventions = conventionReader()

/**
 * Reads by the conventions, and adds what bench turns have no spans for, so that every column of the store
 * holds something: flows, changed data, feedback, a cost, a channel.
 */
export const benchReader: Reader = {
  ...conventions,
  summarise: (readings, context) => {
    const read = conventions.summarise(readings, context)
    const seed = Number.parseInt(context.traceId.slice(-7), 16)
    const { summary, facets } = read
    const { totalTokens } = summary.metrics
    return {
      ...read,
      summary: {
        ...summary,
        channel: ['web', 'whatsapp', 'phone', 'slack'][seed % 4] as string,
        metrics: { ...summary.metrics, cost: totalTokens ? totalTokens * 2e-6 : null },
        ...(seed % 5 === 0 && { tags: seed % 3 ? ['payment'] : ['payment', 'test'] }),
        ...(seed % 20 === 0 && {
          feedback: [seed % 2 ? { name: 'thumbs', value: 'up' } : { name: 'rating', value: seed % 6 }],
        }),
      },
      facets: {
        ...facets,
        flows: [`flow_${seed % 12}`],
        ...(seed % 3 === 0 && { changed: [`accounts[${seed % 4}].balance`, 'profile.language'] }),
      },
      ...(seed % 3 === 0 && {
        participantData: { before: { profile: { language: 'en' } }, after: { profile: { language: 'fr' } } },
      }),
    }
  },
}
