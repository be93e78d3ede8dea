import type { Span } from '../../domain/model/span.ts'
import type { LlmStep, ToolStep, Turn } from './exchange.ts'
import type { Random } from './random.ts'
import { writeCustomAction } from './rasa-action.ts'
import { TraceWriter, type Values } from './trace-writer.ts'

const scope = (name: string) => ({ name })
const PROCESSOR = scope('rasa.core.processor')
const GRAPH = scope('rasa.engine.graph')
const FLOWS = scope('rasa.core.policies.flows.flow_executor')
const GENERATOR = scope('rasa.dialogue_understanding.generator.single_step.compact_llm_command_generator')
const COMMANDS = scope('rasa.dialogue_understanding.processor.command_processor')

const python = (values: readonly string[]): string => `[${values.map((value) => `'${value}'`).join(', ')}]`

/** Texts: whether Langfuse's tracer is configured beside OpenTelemetry; without it Rasa records no text. */
export interface RasaTracing {
  readonly texts: boolean
  readonly modelName: string
}

/** A CALM turn as Rasa and its action server trace it. */
export const rasaTrace = (turn: Turn, random: Random, tracing: RasaTracing): readonly Span[] => {
  const { deployment, session, line } = turn
  const environment = {
    'deployment.environment.name': deployment.environment,
    'service.version': deployment.version,
  }
  const resource: Values = {
    'service.name': deployment.chatbot,
    ...environment,
    'telemetry.sdk.language': 'python',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': '1.33.1',
  }
  const actionServer: Values = {
    'service.name': 'transfer-actions',
    ...environment,
    'telemetry.sdk.language': 'python',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': '1.45.2',
  }
  const writer = new TraceWriter(random, turn.start, { scope: PROCESSOR, resource })
  const messageId = random.hex(32)
  const flow = line.flow ?? 'pattern_chitchat'
  const events = 6 + turn.index * 9

  const node = (component: string, method: string, seconds: number, more: Values = {}, body?: () => void) =>
    writer.span(
      `GraphNode.${component}`,
      {
        scope: GRAPH,
        attributes: { node_name: `run_${component}0`, component_class: component, fn_name: method, ...more },
      },
      () => {
        writer.wait(seconds)
        body?.()
      },
    )

  const stack = (id: string, step: string, more: object = {}): string =>
    JSON.stringify({ flow_id: id, step_id: step, frame_type: 'regular', ...more })

  const llm = (name: string, step: LlmStep) =>
    writer.span(
      name,
      {
        scope: GENERATOR,
        attributes: {
          class_name: name.split('.')[0],
          llm_model: deployment.model.answered,
          llm_type: deployment.model.provider,
          llm_model_group_id: `${deployment.model.provider}-main`,
          llm_temperature: '0.0',
          llm_request_timeout: '7',
          len_prompt_tokens: String(step.inputTokens),
          embeddings_model: 'text-embedding-3-small',
          embeddings_type: deployment.model.provider,
        },
      },
      (span) => {
        writer.wait(step.seconds)
        if (step.fails !== undefined)
          span.fail({ ...step.fails, type: 'rasa.shared.exceptions.ProviderClientAPIException' })
      },
    )

  const predict = (action: string, steps: readonly string[], context = flow, info?: object) =>
    writer.span(
      'MessageProcessor._predict_next_with_tracker',
      { attributes: { intent_name: 'None' } },
      () => {
        node('FlowPolicy', 'predict_action_probabilities', 0.0008, {}, () => {
          writer.span(
            'rasa.core.policies.flows.flow_executor.advance_flows',
            { scope: FLOWS, attributes: { current_context: stack(context, steps[0] ?? 'START', info) } },
            () =>
              writer.span(
                'rasa.core.policies.flows.flow_executor.advance_flows_until_next_action',
                {
                  scope: FLOWS,
                  attributes: {
                    action_name: action,
                    score: 1,
                    metadata: JSON.stringify({ flow_id: context, step_id: steps.at(-1) ?? 'START' }),
                    events: '["DialogueStackUpdated"]',
                  },
                },
                () => {
                  let previous = 'START'
                  for (const step of steps) {
                    writer.span('rasa.core.policies.flows.flow_executor.run_step', {
                      scope: FLOWS,
                      attributes: {
                        step_custom_id: step.startsWith('0_') ? 'None' : step,
                        step_description: 'None',
                        current_flow_id: context,
                        current_context: stack(context, step, info),
                        previous_step_id: previous,
                      },
                    })
                    previous = step
                  }
                },
              ),
          )
          writer.span('FlowPolicy._prediction', {
            scope: scope('rasa.core.policies.flow_policy'),
            attributes: {
              priority: '7',
              events: 'None',
              optional_events: ['DialogueStackUpdated'],
              is_end_to_end_prediction: false,
              is_no_user_prediction: false,
              diagnostic_data: 'null',
              action_metadata: JSON.stringify({ flow_id: context, step_id: steps.at(-1) ?? 'START' }),
            },
          })
        })
      },
    )

  const action = (name: string, body?: () => void) =>
    writer.span(
      'MessageProcessor._run_action',
      {
        otelKind: 'client',
        attributes: {
          action_name: name,
          sender_id: session,
          message_id: messageId,
          executor_class_name: body === undefined ? undefined : 'HTTPCustomActionExecutor',
        },
      },
      () => {
        body?.()
        writer.wait(0.0006)
      },
    )

  const customAction = (step: ToolStep) =>
    action(step.tool.name, () =>
      writeCustomAction({ step, session, messageId, slots: line.slots ?? [], actionServer }, writer, random),
    )

  const models = turn.steps.filter((step) => step.kind === 'llm')
  // A call that was refused is made again at once, in its own place.
  const understood = models.findIndex(({ fails }) => fails === undefined)
  const planning = understood < 0 ? models : models.slice(0, understood + 1)
  const answering = models.slice(planning.length).at(-1)
  const failed = turn.steps.some((step) => 'fails' in step && step.fails !== undefined)

  const understand = () =>
    writer.span('MessageProcessor.log_message', {}, () => {
      writer.span('MessageProcessor.get_tracker', { attributes: { number_of_events: events } }, () =>
        writer.wait(random.skewed(0.002, 0.03)),
      )
      node('NLUMessageConverter', 'convert_user_message', 0.0002)
      node('CompactLLMCommandGenerator', 'process', 0.006, {}, () => {
        for (const step of planning) llm('CompactLLMCommandGenerator.invoke_llm', step)
        writer.span('CompactLLMCommandGenerator._check_commands_against_startable_flows', {
          scope: GENERATOR,
          attributes: {
            commands: JSON.stringify([
              { flow, command: 'start flow' },
              ...(line.slots ?? []).map((name) => ({ name, extractor: 'LLM', command: 'set slot' })),
            ]),
            startable_flow_ids: '["transfer_money","check_balance","block_card","list_transactions"]',
          },
        })
      })
    })

  const decide = () =>
    writer.span('MessageProcessor._run_prediction_loop', {}, () => {
      node('CommandProcessorComponent', 'execute_commands', 0.0004, {}, () =>
        writer.span(
          'command_processor.execute_commands',
          { scope: COMMANDS, attributes: { number_of_events: events + 3, sender_id: session } },
          () => {
            writer.span('command_processor.clean_up_commands', {
              scope: COMMANDS,
              attributes: {
                commands: python(['start flow', ...(line.slots ?? []).map(() => 'set slot')]),
                current_context: '{}',
              },
            })
            for (const _slot of line.slots ?? []) {
              writer.span('SetSlotCommand.run_command_on_tracker', {
                scope: scope('rasa.dialogue_understanding.commands.set_slot_command'),
                attributes: {
                  class_name: 'SetSlotCommand',
                  number_of_events: events + 4,
                  sender_id: session,
                },
              })
            }
          },
        ),
      )
      for (const step of turn.steps) {
        if (step.kind === 'retrieval') {
          predict('action_trigger_search', ['0_action_trigger_search'], 'pattern_search')
          node('EnterpriseSearchPolicy', 'predict_action_probabilities', 0.001, {}, () => {
            writer.span(
              'Milvus_Store.search',
              {
                scope: scope('rasa.core.information_retrieval.milvus'),
                attributes: {
                  query: step.retrieval.query,
                  document_metadata: JSON.stringify(
                    step.retrieval.documents.map(({ id, score }) => ({ source: id, score })),
                  ),
                },
              },
              () => writer.wait(step.seconds),
            )
          })
        } else if (step.kind === 'tool') {
          predict(step.tool.name, ['START', '0_collect', step.tool.name.replace('action_', '')])
          customAction(step)
        }
      }
      const broken = failed && turn.bot !== line.bot
      const utter = broken ? 'utter_internal_error_rasa' : `utter_${flow}`
      predict(
        utter,
        ['START', `0_${utter}`],
        broken ? 'pattern_internal_error' : flow,
        broken ? { error_type: 'rasa_internal_error_default', info: {} } : undefined,
      )
      action(utter, undefined)
      if (answering !== undefined && answering.fails === undefined) {
        llm('ContextualResponseRephraser._generate_llm_response', answering)
      }
      predict('action_listen', [], 'pattern_completed')
      action('action_listen')
    })

  const process = () =>
    writer.span('MessageProcessor.handle_message', {}, () => {
      const inner = () => {
        understand()
        decide()
        writer.span(
          'MessageProcessor.save_tracker',
          { attributes: { number_of_events: events + 12 } },
          () => {
            writer.span(
              'SQLTrackerStore._stream_new_events',
              {
                scope: scope('rasa.core.tracker_stores.tracker_store'),
                attributes: { number_of_streamed_events: 12, broker_class: 'KafkaEventBroker' },
              },
              () => writer.wait(random.skewed(0.002, 0.01)),
            )
          },
        )
      }
      if (!tracing.texts) {
        inner()
        return
      }
      writer.span(
        'rasa.message_processing',
        {
          scope: { name: 'langfuse-sdk', version: '3.15.0' },
          attributes: {
            'langfuse.observation.type': 'span',
            'langfuse.environment': deployment.environment,
            'langfuse.observation.input': line.user,
            'langfuse.trace.input': line.user,
            'langfuse.trace.tags': turn.tags,
            'langfuse.trace.metadata.sender_id': session,
            'langfuse.trace.metadata.assistant_id': deployment.chatbot,
            'langfuse.trace.metadata.input_channel': deployment.channel,
            'session.id': session,
            'user.id': turn.participant.id,
            'user.name': turn.participant.name,
          },
        },
        (span) => {
          inner()
          const answer = turn.bot ?? 'I am sorry, but something went wrong. Please try again.'
          span.set({ 'langfuse.observation.output': answer, 'langfuse.trace.output': answer })
        },
      )
    })

  writer.span(
    'Agent.handle_message',
    {
      scope: scope('rasa.core.agent'),
      attributes: {
        input_channel: deployment.channel,
        sender_id: session,
        model_id: tracing.modelName.slice(0, 8),
        model_name: tracing.modelName,
        ...(tracing.texts
          ? {
              'turnscope.participant_data.before': JSON.stringify(turn.before),
              'turnscope.participant_data.after': JSON.stringify(turn.after),
              'turnscope.session_data': JSON.stringify(turn.sessionData),
            }
          : {}),
      },
    },
    process,
  )
  return writer.spans
}
