import { describe, expect, it } from 'vitest'
import { nameParts } from './span-name.ts'

describe('a name in a row', () => {
  it.each([
    ['Agent.handle_message', 'message', 'Agent.|handle_message'],
    ['MessageProcessor._run_action', 'tool', 'MessageProcessor.|_run_action'],
    ['CompactLLMCommandGenerator.invoke_llm', 'generation', '|CompactLLMCommandGenerator.invoke_llm'],
    ['command_processor.execute_commands', 'chain', 'command_processor.|execute_commands'],
    ['rasa.core.policies.flows.flow_executor.run_step', 'chain', 'flow_executor.|run_step'],
    ['create_app.webhook', 'tool', '|create_app.webhook'],
    ['POST /v1/holds', 'system', 'POST |/v1/holds'],
    ['chat gpt-4o', 'generation', '|chat gpt-4o'],
    ['v1.2', 'generation', '|v1.2'],
    ['', 'custom', '|'],
  ] as const)('%s (%s)', (name, kind, parts) => {
    const { before, main } = nameParts(name, kind)
    expect(`${before}|${main}`).toBe(parts)
  })
})
