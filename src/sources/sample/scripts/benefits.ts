import type { Caller, Data, Script, ToolPlan } from '../exchange.ts'

const HOST = 'registry.kijani-fund.example'
const tool = (name: string, args: Data, result: ToolPlan['result'], seconds: number): ToolPlan => ({
  name,
  arguments: args,
  result,
  seconds,
  host: HOST,
})

const COUNTIES = ['Kisumu', 'Nakuru', 'Kwale', 'Machakos', 'Turkana', 'Nyeri'] as const

const eligibility: Script = ({ random, language }) => {
  const county = random.pick(COUNTIES)
  const household = random.int(2, 9)
  const amount = 1200 + household * 350
  return language === 'sw'
    ? [
        {
          user: random.pick(['Nani anaweza kuomba ruzuku hii?', 'Je, mimi ninaweza kupata msaada?']),
          bot: 'Mtu yeyote mwenye umri wa miaka 18 au zaidi anayeishi katika kaunti. Unaishi kaunti gani?',
        },
        {
          user: county,
          bot: `Asante. Mko watu wangapi nyumbani kwenu ${county}?`,
          patch: (data) => ({ ...data, county }),
        },
        {
          user: String(household),
          bot: `Kaya ya watu ${household} inaweza kupata KES ${amount} kwa mwezi. Je, ungependa kuomba sasa?`,
          tools: [tool('calculate_grant', { county, household }, { monthly: amount, currency: 'KES' }, 0.29)],
          patch: (data) => ({ ...data, household: { size: household, estimate: amount } }),
        },
      ]
    : [
        {
          user: random.pick([
            'who can apply for the grant?',
            'am I eligible',
            'can I get help with school fees',
          ]),
          bot: 'Anyone of 18 or older who lives in one of the six counties. Which county do you live in?',
        },
        {
          user: `I live in ${county}`,
          bot: `Thank you. How many people live in your home in ${county}?`,
          patch: (data) => ({ ...data, county }),
        },
        {
          user: random.pick([`we are ${household}`, `${household} with the children`]),
          bot: `A household of ${household} can receive KES ${amount} a month. Would you like to apply now?`,
          tools: [tool('calculate_grant', { county, household }, { monthly: amount, currency: 'KES' }, 0.29)],
          patch: (data) => ({ ...data, household: { size: household, estimate: amount } }),
        },
      ]
}

const application: Script = ({ random, language, name }) => {
  const number = `KJ-${random.int(100_000, 999_999)}`
  const story =
    `${name} applied through the helper and described the situation: the main earner lost seasonal work, two of the ` +
    'children are of school age, and the household takes water from a shared point 2 km away. Documents seen: identity ' +
    'card, letter of the chief. Documents missing: proof of school enrolment, promised for next week.'
  return language === 'sw'
    ? [
        {
          user: random.pick(['Ndiyo, nataka kuomba', 'Naomba kujiandikisha']),
          bot: 'Sawa. Tafadhali tuma picha ya kitambulisho chako, au andika nambari yake.',
        },
        {
          user: String(random.int(11_000_000, 39_999_999)),
          bot: `Ombi lako limepokelewa. Nambari yako ni ${number}. Utapata jibu ndani ya siku 14.`,
          tools: [tool('submit_application', { id_checked: true }, { number, state: 'received' }, 0.8)],
          patch: (data) => ({ ...data, application: { number, state: 'received' }, case_notes: story }),
          tags: ['application'],
        },
      ]
    : [
        {
          user: random.pick(['yes I want to apply', 'please register me']),
          bot: 'Good. Please send a photo of your identity card, or type its number.',
        },
        {
          user: String(random.int(11_000_000, 39_999_999)),
          bot: `Your application has been received. The number is ${number}; you get an answer within 14 days.`,
          tools: [tool('submit_application', { id_checked: true }, { number, state: 'received' }, 0.8)],
          patch: (data) => ({ ...data, application: { number, state: 'received' }, case_notes: story }),
          tags: ['application'],
        },
      ]
}

const lostNumber: Script = ({ random, language }) => {
  const number = `KJ-${random.int(100_000, 999_999)}`
  return [
    {
      user: language === 'sw' ? 'Nimesahau nambari yangu ya usajili' : 'I forgot my registration number',
      bot:
        language === 'sw'
          ? `Nambari yako ni ${number}. Tafadhali iandike mahali salama.`
          : `Your number is ${number}. Please keep it in a safe place.`,
      tools: [tool('find_registration', { by: 'phone' }, { number, state: 'active' }, 0.44)],
      patch: (data) => ({
        ...data,
        reminded_of_number: ((data.reminded_of_number as number | undefined) ?? 0) + 1,
      }),
    },
  ]
}

const payment: Script = ({ random, language }) => {
  const day = random.int(2, 27)
  return [
    {
      user:
        language === 'sw'
          ? 'Pesa ya mwezi huu itafika lini?'
          : random.pick(['when is the money coming', 'I did not get this month’s payment']),
      bot:
        language === 'sw'
          ? `Malipo yatatumwa tarehe ${day} kwa simu yako.`
          : `This month’s payment goes to your phone on the ${day}th.`,
      tools: [tool('payment_schedule', {}, { next: day, method: 'mobile money' }, 0.38)],
      feedback: random.chance(0.15) ? [{ name: 'rating', value: random.int(1, 5) }] : [],
    },
  ]
}

export const BENEFITS_SCRIPTS: readonly (readonly [Script, number])[] = [
  [eligibility, 3],
  [application, 2],
  [lostNumber, 1],
  [payment, 3],
]

export const BENEFITS_CLOSING: Script = ({ random, language }) => [
  language === 'sw'
    ? { user: random.pick(['Asante sana', 'Asante, kwaheri']), bot: 'Karibu sana. Uwe na siku njema!' }
    : { user: random.pick(['thank you', 'ok thanks']), bot: 'You are welcome. Have a good day!' },
]

/** What the fund knows of a person who writes. */
export const benefitsApplicant = (random: Caller['random'], name: string): Data => ({
  name,
  preferred_channel: random.pick(['whatsapp', 'telegram', 'sms']),
  language: random.pick(['sw', 'sw', 'en']),
  consent: true,
})
