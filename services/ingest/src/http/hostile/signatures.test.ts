import { describeHostile, encodeForm, type Hostile, PATH, signature, signedForm } from '../../testing/hostile.ts';
import { RECORDING, sid } from '../../testing/signed-request.ts';

const form = encodeForm(Object.entries(RECORDING));
const mismatch = /does not match/;
const withSignature = (value: string | undefined) => signedForm({}, { headers: { 'X-Twilio-Signature': value } });
const query = new URLSearchParams(RECORDING).toString();

const forged: [name: string, sent: Hostile['sent'], reason?: RegExp][] = [
  ['none', withSignature(undefined), /no X-Twilio-Signature/],
  ['an empty one', withSignature(''), mismatch],
  ['one made with an API key’s secret', signedForm({}, {}, { token: 'the-secret-of-an-api-key-SK' })],
  ['one made with a blank token', signedForm({}, {}, { token: ' ' })],
  ['one of another host', signedForm({}, {}, { base: 'https://evil.example' })],
  ['one of http', signedForm({}, {}, { base: 'http://calls.example.com' })],
  ['one of another path', withSignature(signature('/webhooks/voice/status', RECORDING))],
  ['one of the address alone', withSignature(signature(PATH))],
  ['one of other parameters', withSignature(signature(PATH, { ...RECORDING, RecordingStatus: 'absent' }))],
  ['a parameter added', signedForm({}, { body: `${form}&RecordingStatus=absent` })],
  ['a query added', { ...signedForm({}), target: `${PATH}?RecordingStatus=absent` }],
  ['two of them', withSignature(`${signature(PATH, RECORDING)}, x`)],
  ['one that is very long', withSignature('A'.repeat(9_000))],
  ['one that is no Base64', withSignature('\u00ff\u00fe!')],
  ['one in small letters', withSignature(signature(PATH, RECORDING).toLowerCase())],
  ['one with other padding', withSignature(signature(PATH, RECORDING).replace('=', ''))],
  [
    'one in the body',
    { body: `${form}&X-Twilio-Signature=${encodeURIComponent(signature(PATH, RECORDING))}` },
    /no X-Tw/,
  ],
  ['one for GET at POST', { ...signedForm({}, { body: form }), target: `${PATH}?${query}` }],
];
describeHostile(
  'signatures that are not Twilio’s',
  forged.map(([name, sent, reason = mismatch]) => ({ name, sent, answers: [403], reason })),
);

const replayed = signedForm({});
const kept = { recordingSid: sid('RE'), status: 'completed' };
describeHostile('what is signed, and comes in an odd way', [
  { name: 'a request', sent: replayed, answers: [204], kept },
  { name: 'the same request again', sent: replayed, answers: [204], kept },
  { name: 'another Host', sent: signedForm({}, { headers: { Host: 'evil.example' } }), answers: [204], kept },
  {
    name: 'forwarded headers of another host',
    sent: signedForm(
      {},
      { headers: { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'http', Forwarded: 'host=evil' } },
    ),
    answers: [204],
    kept,
  },
  {
    name: 'a method to override',
    sent: signedForm({}, { headers: { 'X-HTTP-Method-Override': 'DELETE' } }),
    answers: [204],
    kept,
  },
  { name: 'a query that is signed too', sent: signedForm({}, { target: `${PATH}?a=%27b'c|d` }), answers: [204], kept },
  {
    name: 'by GET',
    sent: {
      method: 'GET',
      target: `${PATH}?${query}`,
      headers: { 'X-Twilio-Signature': signature(`${PATH}?${query}`) },
    },
    answers: [204],
    kept,
  },
]);
