import type { Caller, Data, Line, Script, ToolPlan } from '../exchange.ts'

const HOST = 'records.northgate-clinic.example'
const tool = (name: string, args: Data, result: ToolPlan['result'], seconds: number): ToolPlan => ({
  name,
  arguments: args,
  result,
  seconds,
  host: HOST,
})

const COMPLAINTS = [
  { what: 'a headache', since: 'three days', place: 'behind the eyes', code: 'R51' },
  { what: 'a cough', since: 'two weeks', place: 'mostly at night', code: 'R05' },
  { what: 'pain in my knee', since: 'Sunday', place: 'on the inside, when I climb stairs', code: 'M25.5' },
  { what: 'a rash on my arm', since: 'yesterday evening', place: 'below the left elbow', code: 'R21' },
  { what: 'trouble sleeping', since: 'about a month', place: 'I wake at four', code: 'G47' },
  { what: 'an earache', since: 'this morning', place: 'the right ear', code: 'H92' },
] as const

const intake: Script = (caller) => {
  const { random } = caller
  const complaint = random.pick(COMPLAINTS)
  const severity = random.int(2, 9)
  const medicine = random.pick([
    'ibuprofen',
    'nothing',
    'metformin',
    'an inhaler',
    'paracetamol, twice a day',
  ])
  const summary =
    `Patient reports ${complaint.what} since ${complaint.since} (${complaint.place}), severity ${severity} of 10. ` +
    `Takes ${medicine}. No fever measured, no recent travel. Has not seen anyone about it. ` +
    `Prefers ${random.pick(['mornings', 'a call first', 'the practice on Mill Lane', 'Dr Hargreaves'])}; ` +
    'asked to bring a list of all medicines and the last letter from hospital, where there is one.'
  const lines: Line[] = [
    {
      user: random.pick(['good morning', 'hello', 'hi, I was told to write here before my visit']),
      bot: `${random.pick(['Good morning', 'Hello'])}. I will ask a few questions before your visit. May we start?`,
    },
    {
      user: random.pick(['yes', 'ok', 'sure, go on']),
      bot: 'Thank you. What brings you to us?',
      patch: (data) => ({ ...data, consent: { given: true, form: 'intake-2026-03' } }),
    },
    {
      user: random.pick([
        `I have had ${complaint.what} for ${complaint.since}`,
        `${complaint.what}, since ${complaint.since}`,
      ]),
      bot: 'I am sorry to hear that. Where exactly, and on a scale of 0 to 10, how bad is it now?',
      tools: [
        tool(
          'lookup_triage_rules',
          { symptom: complaint.what },
          { code: complaint.code, red_flags: [] },
          0.22,
        ),
      ],
      patch: (data) => ({
        ...data,
        complaint: { text: complaint.what, since: complaint.since, code: complaint.code },
      }),
    },
    {
      user: `${complaint.place}. I would say ${severity}`,
      bot: `Noted: ${severity} of 10. Do you take any medicine at the moment?`,
      tags: severity > 7 ? ['urgent'] : [],
      patch: (data) => ({
        ...data,
        complaint: { ...((data.complaint ?? {}) as Data), place: complaint.place, severity },
      }),
    },
    {
      user: medicine,
      bot: 'Thank you. Is there anything that you are allergic to?',
      patch: (data) => ({ ...data, medicines: medicine === 'nothing' ? [] : [medicine] }),
    },
    {
      user: random.pick(['no', 'penicillin', 'pollen, nothing else', 'not that I know']),
      bot: 'I have put together a summary for your doctor. You can read it under Your visit, and change it until you are called.',
      tools: [tool('save_intake_summary', { summary }, { stored: true, revision: random.int(1, 4) }, 0.37)],
      patch: (data) => ({ ...data, intake_summary: summary, intake_complete: true }),
      feedback: random.chance(0.3) ? [{ name: 'helpful', value: true }] : [],
    },
  ]
  return lines
}

const appointment: Script = ({ random }) => {
  const day = random.pick(['Friday', 'Monday', 'next Wednesday', 'Thursday afternoon'])
  const slot = `${random.int(8, 16)}:${random.pick(['00', '15', '30', '45'])}`
  return [
    {
      user: random.pick([
        `Can I move my appointment to ${day}?`,
        `I can't come today, is ${day} possible?`,
        `¿Puedo cambiar mi cita?`,
      ]),
      bot: `On ${day} there is a time at ${slot} with the same doctor. Shall I take it?`,
      tools: [tool('search_slots', { day, doctor: 'same' }, { slots: [slot, '16:40'] }, 0.64)],
    },
    {
      user: random.pick(['yes please', 'ok take it', 'is there anything later?']),
      bot: `It is yours: ${day} at ${slot}. You will get a message the day before.`,
      tools: [
        tool('book_slot', { day, time: slot }, { confirmation: `A${random.int(10_000, 99_999)}` }, 0.48),
      ],
      tags: ['booking'],
      patch: (data) => ({ ...data, appointment: { day, time: slot, reminder: 'text message' } }),
    },
  ]
}

const prescription: Script = ({ random }) => {
  const drug = random.pick(['salbutamol', 'levothyroxine 50', 'lisinopril', 'the contraceptive pill'])
  return [
    {
      user: random.pick([`I need more ${drug}`, `repeat prescription for ${drug} please`]),
      bot: `Your last one was issued ${random.int(20, 80)} days ago, so a repeat is fine. Which pharmacy should it go to?`,
      tools: [tool('get_medication_record', { drug }, { drug, repeats_left: random.int(0, 5) }, 0.31)],
    },
    {
      user: random.pick(['the one on Mill Lane', 'same as always', 'Bridge Street pharmacy']),
      bot: 'Sent. It is usually ready within two working days.',
      tools: [tool('send_prescription', { drug, pharmacy: 'Mill Lane' }, { accepted: true }, 0.72)],
      patch: (data) => ({ ...data, last_repeat: drug, pharmacy: 'Mill Lane' }),
    },
  ]
}

export const CLINIC_SCRIPTS: readonly (readonly [Script, number])[] = [
  [intake, 4],
  [appointment, 3],
  [prescription, 2],
]

export const CLINIC_CLOSING: Script = ({ random }) => [
  {
    user: random.pick(['thank you', 'ok, see you then', 'gracias', 'bye']),
    bot: random.pick([
      'Get well soon.',
      'You are welcome. See you then.',
      'Thank you. If it gets worse before then, call 111.',
    ]),
  },
]

/** What the clinic knows of a patient before they first write. */
export const clinicPatient = (random: Caller['random'], name: string): Data => ({
  name,
  date_of_birth: `19${random.int(40, 99)}-0${random.int(1, 9)}-${random.int(10, 28)}`,
  registered_at: random.pick(['Mill Lane', 'Bridge Street', 'Harbour Road']),
  intake_complete: false,
})
