import type { ReactNode } from 'react'
import type { SpanId } from '../../../../domain/model/units.ts'
import type { FlowStep, FlowTrigger } from '../../../../semantics/trace/rasa-explanation.ts'
import type { PolicyPrediction } from '../../../../semantics/trace/rasa-winner.ts'
import { Icon } from '../../../../ui/icons/icons.tsx'
import { printable } from '../../../../ui/text/printable-text.ts'
import { SectionHead } from '../../section.tsx'
import type { Explained } from './use-rasa.ts'

const NONE = <span className="text-text-3">None recorded.</span>

/** One stage on the way to the action: a dot on a line, what it is, what it said. */
function Stage({
  name,
  end,
  children,
}: {
  readonly name: string
  readonly end?: 'first' | 'last'
  readonly children: ReactNode
}) {
  const line = end === 'first' ? 'top-2.5 bottom-0' : end === 'last' ? 'top-0 h-2.5' : 'inset-y-0'
  const dot = end === 'last' ? 'border-text-1 bg-text-1' : 'border-border-control bg-surface-1'
  return (
    <>
      <dt className="relative py-1 pl-4 text-text-3">
        <span aria-hidden="true" className={`absolute left-[3px] border-l border-border-2 ${line}`} />
        <span
          aria-hidden="true"
          className={`absolute top-[9px] left-0 size-[7px] rounded-full border ${dot}`}
        />
        {name}
      </dt>
      <dd className="min-w-0 py-1">{children}</dd>
    </>
  )
}

/** Neighbouring steps of one flow. */
const byFlow = (steps: readonly FlowStep[]) => {
  const runs: { flow: string; steps: FlowStep[] }[] = []
  for (const step of steps) {
    const last = runs.at(-1)
    if (last?.flow === step.flow) last.steps.push(step)
    else runs.push({ flow: step.flow, steps: [step] })
  }
  return runs
}

function Steps({
  steps,
  onSelect,
}: {
  readonly steps: readonly FlowStep[]
  readonly onSelect: (id: SpanId) => void
}) {
  if (steps.length === 0) return NONE
  return byFlow(steps).map((run, at) => (
    <div key={`${at} ${run.flow}`}>
      <bdi className="text-text-3">{printable(run.flow)}</bdi>
      <ol className="flex flex-wrap gap-x-1.5">
        {run.steps.map((step, i) => (
          <li key={`${step.spanId} ${i}`} className="font-mono text-label">
            {i > 0 && <span className="pr-1.5 text-text-3">→</span>}
            <button
              type="button"
              className="hover:underline"
              title={printable(step.description ?? '')}
              onClick={() => onSelect(step.spanId)}
            >
              {printable(step.step ?? 'step')}
            </button>
          </li>
        ))}
      </ol>
      {run.steps.map(
        ({ spanId, step, description }, i) =>
          description !== undefined && (
            <p key={`${spanId} ${i}`} className="text-text-2">
              <span className="text-text-3">{printable(step ?? 'step')}: </span>
              {printable(description)}
            </p>
          ),
      )}
    </div>
  ))
}

function Policies({
  policies,
  onSelect,
}: {
  readonly policies: readonly PolicyPrediction[]
  readonly onSelect: (id: SpanId) => void
}) {
  if (policies.length === 0) return NONE
  return (
    <table className="w-full">
      <thead className="sr-only">
        <tr>
          <th scope="col">Policy</th>
          <th scope="col">Priority</th>
          <th scope="col">Score</th>
          <th scope="col">Chosen</th>
        </tr>
      </thead>
      <tbody>
        {policies.map((policy) => (
          <tr key={policy.spanId} className={policy.won ? 'font-semibold' : ''}>
            <td>
              <button type="button" className="hover:underline" onClick={() => onSelect(policy.spanId)}>
                {printable(policy.policy)}
              </button>
            </td>
            <td className="w-[72px] text-right font-normal text-text-3">
              {policy.priority !== undefined && `priority ${policy.priority}`}
            </td>
            <td className="w-[72px] pl-2">
              {policy.score !== undefined && (
                <span aria-hidden="true" className="block h-1 bg-surface-3">
                  <span
                    className={`block h-1 ${policy.won ? 'bg-text-1' : 'bg-mark-2'}`}
                    style={{ width: `${Math.min(1, Math.max(0, policy.score)) * 100}%` }}
                  />
                </span>
              )}
            </td>
            <td className="w-11 text-right">{policy.score?.toFixed(2)}</td>
            <td className="w-5 pl-1 text-ok">
              {policy.won && (
                <>
                  <Icon name="ok" />
                  <span className="sr-only">chosen</span>
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** What the policy that won had the action say, and what else it gave it. */
function Winner({ policy }: { readonly policy: PolicyPrediction | undefined }) {
  if (policy?.text === undefined && policy?.metadata === undefined) return null
  return (
    <div className="pt-1">
      {policy.text !== undefined && <p className="text-text-2">{printable(policy.text)}</p>}
      {policy.metadata !== undefined && (
        <code className="block font-mono text-label wrap-anywhere text-text-3">
          {printable(JSON.stringify(policy.metadata))}
        </code>
      )}
    </div>
  )
}

/** The command that started the flow, and the call of a model that gave it. */
function Trigger({
  trigger,
  onSelect,
}: {
  readonly trigger: FlowTrigger
  readonly onSelect: (id: SpanId) => void
}) {
  const { modelCall } = trigger
  return (
    <p className="text-text-2">
      <bdi>{printable(trigger.flow)}</bdi> was started by{' '}
      <button
        type="button"
        className="font-mono text-label hover:underline"
        onClick={() => onSelect(trigger.spanId)}
      >
        {printable(trigger.command)}
      </button>
      {modelCall !== undefined && (
        <>
          , which came from{' '}
          <button type="button" className="hover:underline" onClick={() => onSelect(modelCall)}>
            this call of a model
          </button>
        </>
      )}
    </p>
  )
}

/** Why Rasa ran an action: the commands it understood, the steps it took, who predicted what, the action. */
export function WhyThisAction({
  explained,
  onSelect,
}: {
  readonly explained: Explained
  readonly onSelect: (id: SpanId) => void
}) {
  const { explanation, pending, within } = explained
  const { action, commands, steps, policies, trigger } = explanation
  return (
    <section aria-busy={pending} className="border-b border-border-1 px-gutter pt-2.5 pb-3">
      <SectionHead
        title="Why this action"
        level={3}
        label={`${printable(action)}${within ? ', in which this span ran' : ''}`}
      />
      <dl className="grid grid-cols-[84px_minmax(0,1fr)] text-data">
        <Stage name="Commands" end="first">
          {commands.length === 0
            ? NONE
            : commands.map((command) => (
                <code key={command} className="block font-mono text-label wrap-anywhere">
                  {printable(command)}
                </code>
              ))}
        </Stage>
        <Stage name="Flow steps">
          <Steps steps={steps} onSelect={onSelect} />
          {trigger && <Trigger trigger={trigger} onSelect={onSelect} />}
        </Stage>
        <Stage name="Policies">
          <Policies policies={policies} onSelect={onSelect} />
          <Winner policy={policies.find(({ won }) => won)} />
        </Stage>
        <Stage name="Action" end="last">
          <code className="font-mono text-label wrap-anywhere">{printable(action)}</code>
        </Stage>
      </dl>
    </section>
  )
}
