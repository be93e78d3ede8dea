import type { ToolStep } from './exchange.ts'
import type { Random } from './random.ts'
import type { TraceWriter, Values } from './trace-writer.ts'

const scope = (name: string) => ({ name })
const EXECUTOR = scope('rasa.core.actions.http_custom_action_executor')
const ACTIONS = scope('rasa_sdk.executor')
const URL = 'http://action-server:5055/webhook'

export interface ActionCall {
  readonly step: ToolStep
  readonly session: string
  readonly messageId: string
  readonly slots: readonly string[]
  /** The resource of the action server's spans. */
  readonly actionServer: Values
}

const request = (call: ActionCall, writer: TraceWriter, random: Random): void => {
  const { step, session, messageId, slots, actionServer } = call
  writer.span(
    'EndpointConfig.request',
    {
      scope: scope('rasa.utils.endpoints'),
      attributes: { url: URL, request_body_size_in_bytes: String(random.int(21_000, 64_000)) },
    },
    (endpoint) => {
      writer.wait(random.skewed(0.001, 0.02))
      const { name } = step.tool
      writer.span(
        'create_app.webhook',
        { scope: scope('create_app.webhook'), resource: actionServer },
        (webhook) => {
          writer.span(
            'ActionExecutor.run',
            {
              scope: ACTIONS,
              resource: actionServer,
              attributes: { sender_id: session, action_name: name },
            },
            (run) => {
              writer.span(
                `${name.replace('action_', 'core_banking.')}`,
                {
                  scope: ACTIONS,
                  resource: actionServer,
                  otelKind: 'client',
                  attributes: { 'server.address': step.tool.host, 'http.request.method': 'POST' },
                },
                (span) => {
                  writer.wait(step.seconds)
                  if (step.fails !== undefined) span.fail(step.fails)
                },
              )
              if (step.fails !== undefined) {
                run.fail(step.fails)
                return
              }
              writer.span('ActionExecutor._create_api_response', {
                scope: ACTIONS,
                resource: actionServer,
                attributes: {
                  events: '["slot"]',
                  slots: JSON.stringify(slots),
                  utters: '[]',
                  message_count: 0,
                },
              })
            },
          )
          if (step.fails !== undefined) webhook.fail(step.fails)
          else {
            webhook.set({
              'http.method': 'POST',
              'http.route': '/webhook',
              next_action: name,
              version: '3.14.2',
              sender_id: session,
              message_id: messageId,
            })
          }
        },
      )
      if (step.fails !== undefined) {
        endpoint.fail({
          type: 'rasa.utils.endpoints.ClientResponseError',
          message: `500, Internal Server Error, body='${JSON.stringify({ error: step.fails.message })}'`,
        })
      }
    },
  )
}

/** A custom action from the assistant's executor through the action server to what it calls there. */
export const writeCustomAction = (call: ActionCall, writer: TraceWriter, random: Random): void => {
  const { name } = call.step.tool
  writer.span(
    'HTTPCustomActionExecutor.run',
    {
      scope: EXECUTOR,
      attributes: {
        class_name: 'HTTPCustomActionExecutor',
        action_name: name,
        sender_id: call.session,
        url: URL,
        actions_module: 'None',
      },
    },
    (executor) => {
      request(call, writer, random)
      if (call.step.fails !== undefined) {
        executor.fail({
          type: 'rasa.shared.exceptions.RasaException',
          message: `Failed to execute custom action '${name}'`,
        })
      }
    },
  )
}
