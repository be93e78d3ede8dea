import type { Span } from '../../domain/model/span.ts'
import type { Random } from './random.ts'
import { TraceWriter } from './trace-writer.ts'

const rasa = (environment: string) => ({
  'service.name': 'Transfer',
  'deployment.environment.name': environment,
  'telemetry.sdk.language': 'python',
  'telemetry.sdk.name': 'opentelemetry',
  'telemetry.sdk.version': '1.33.1',
})

const COMPONENTS = [
  ['DefaultV1RecipeValidator', 'validate', 0.2],
  ['FlowsProvider', 'provide_train', 0.02],
  ['DomainProvider', 'provide_train', 0.01],
  ['NLUTrainingDataProvider', 'provide', 0.05],
  ['StoryGraphProvider', 'provide_train', 0.02],
  ['CompactLLMCommandGenerator', 'train', 2.1],
  ['FlowPolicy', 'train', 0.4],
  ['EnterpriseSearchPolicy', 'train', 5.2],
] as const

/** The training of a new version: a kind of its own, no turn. */
export const trainingTrace = (start: number, modelName: string, random: Random): readonly Span[] => {
  const writer = new TraceWriter(random, start, {
    scope: { name: 'rasa.engine.graph' },
    resource: rasa('staging'),
  })
  writer.span(
    'GraphTrainer.train',
    {
      scope: { name: 'rasa.engine.training.graph_trainer' },
      attributes: {
        training_type: 'rasa',
        language: 'en',
        recipe_name: 'default.v1',
        output_filename: modelName,
        is_finetuning: false,
      },
    },
    () => {
      for (const [component, method, seconds] of COMPONENTS) {
        writer.span(
          `GraphNode.${component}`,
          { attributes: { node_name: `train_${component}0`, component_class: component, fn_name: method } },
          () => writer.wait(seconds * random.between(0.7, 1.6)),
        )
      }
    },
  )
  return writer.spans
}

/** What a page that looks at a conversation leaves behind: one span, no turn. */
export const housekeepingTrace = (start: number, events: number, random: Random): readonly Span[] => {
  const writer = new TraceWriter(random, start, {
    scope: { name: 'rasa.core.processor' },
    resource: rasa('staging'),
  })
  writer.span('MessageProcessor.get_tracker', { attributes: { number_of_events: events } }, () =>
    writer.wait(random.skewed(0.001, 0.02)),
  )
  return writer.spans
}
