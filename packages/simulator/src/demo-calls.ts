import type { CallScript } from './call-script.ts';

const SUPPORT = '+14155550199';

/** The calls of the demonstration, one for each thing that can become of a call. */
export const demoCalls = {
  /** (a) Two parties, consent given by key press, recorded on two channels. */
  consentGranted: {
    kind: 'inbound-call',
    from: '+14155550101',
    to: SUPPORT,
    parties: [
      { name: 'caller', voice: 'rms', channel: 0 },
      { name: 'agent', voice: 'slt', channel: 1 },
    ],
    utterances: [
      { party: 'agent', text: 'Harbor Hardware, this is Dana. How can I help?' },
      { party: 'caller', text: 'Hi, my order came without the hinges.' },
      { party: 'agent', text: 'Sorry about that. I will ship them today.' },
      { party: 'caller', text: 'Great, thank you very much.' },
    ],
    consent: 'granted',
    recording: 'by-twiml',
  },
  /** (b) Consent refused, and recorded all the same by the user's own application. */
  consentRefused: {
    kind: 'inbound-call',
    from: '+14155550102',
    to: SUPPORT,
    parties: [
      { name: 'caller', voice: 'awb', channel: 0 },
      { name: 'agent', voice: 'slt', channel: 1 },
    ],
    utterances: [
      { party: 'agent', text: 'Good morning, billing department.' },
      { party: 'caller', text: 'I would like to talk about my last invoice, but please do not record me.' },
      { party: 'agent', text: 'Of course. Let us look at it together.' },
    ],
    consent: 'refused',
    recording: 'always',
  },
  /** (c) The caller presses nothing: consent is never recorded, the recording exists. */
  consentUnknown: {
    kind: 'inbound-call',
    from: '+14155550103',
    to: SUPPORT,
    parties: [
      { name: 'caller', voice: 'kal', channel: 0 },
      { name: 'agent', voice: 'slt', channel: 1 },
    ],
    utterances: [
      { party: 'agent', text: 'City Clinic, how may I help you?' },
      { party: 'caller', text: 'I need to move my appointment from Tuesday to Thursday.' },
      { party: 'agent', text: 'Thursday at ten is free. See you then.' },
    ],
    consent: 'none',
    recording: 'always',
  },
  /** (d) As (a), with every callback twice and the last one first. */
  callbacksReordered: {
    kind: 'inbound-call',
    from: '+14155550104',
    to: SUPPORT,
    parties: [
      { name: 'caller', voice: 'awb', channel: 0 },
      { name: 'agent', voice: 'rms', channel: 1 },
    ],
    utterances: [
      { party: 'agent', text: 'Northside Garage, Sam speaking.' },
      { party: 'caller', text: 'Is my car ready to be picked up?' },
      { party: 'agent', text: 'Nearly. We are waiting for a brake pad until four.' },
      { party: 'caller', text: 'Then I will come by at five.' },
    ],
    consent: 'granted',
    recording: 'by-twiml',
    callbacks: 'twice-and-reordered',
  },
  /** (e) A call that the user's application places and that ends busy: nothing is recorded. */
  busy: { kind: 'outbound-call', from: SUPPORT, to: '+14155550105', outcome: 'busy' },
  /** (f) Three people in a conference; each consented. */
  conference: {
    kind: 'conference',
    friendlyName: 'Weekly planning',
    to: '+14155550198',
    participants: [
      { name: 'Ana', from: '+14155550106', voice: 'slt', consent: 'granted' },
      { name: 'Ben', from: '+14155550107', voice: 'rms', consent: 'granted' },
      { name: 'Carl', from: '+14155550108', voice: 'awb', consent: 'granted' },
    ],
    utterances: [
      { party: 'Ana', text: 'Thanks for joining. Can we ship on Friday?' },
      { party: 'Ben', text: 'The tests are green, so I say yes.' },
      { party: 'Carl', text: 'I still need a day for the manual.' },
      { party: 'Ana', text: 'Then we ship on Monday. Thank you both.' },
    ],
    recording: 'always',
  },
} as const satisfies Record<string, CallScript>;
