import { gzipSync } from 'node:zlib';
import { describeHostile, type Hostile, PATH, signature, signedForm, signedJson } from '../../testing/hostile.ts';
import { RECORDING, sid } from '../../testing/signed-request.ts';

const FFFD = '\ufffd';
const json = JSON.stringify(RECORDING);
const typed = (type: string | undefined, more: Record<string, string> = {}) =>
  signedForm({}, { headers: { 'Content-Type': type, ...more } });
/** The usual form with a parameter whose value is bytes, signed over `asText`. */
function withBytes(bytes: Uint8Array, asText: string) {
  const body = Buffer.concat([Buffer.from(`${new URLSearchParams(RECORDING)}&Note=`), bytes]);
  return signedForm({ Note: asText }, { body });
}

describeHostile('bodies of another kind', [
  { name: 'XML', sent: typed('text/xml'), answers: [415], reason: /^send application/ },
  { name: 'no type', sent: typed(undefined), answers: [415], reason: /^send application/ },
  {
    name: 'a multipart form',
    sent: typed('multipart/form-data; boundary=x'),
    answers: [415],
    reason: /^send application/,
  },
  {
    name: 'a type with tails',
    sent: typed('application/x-www-form-urlencoded/../json'),
    answers: [415],
    reason: /^send/,
  },
  {
    name: 'UTF-16',
    sent: typed('application/x-www-form-urlencoded; charset=UTF-16'),
    answers: [415],
    reason: /"utf-16"/,
    says: /utf-16/,
  },
  {
    name: 'Latin-1, quoted',
    sent: typed('application/x-www-form-urlencoded;charset="ISO-8859-1"'),
    answers: [415],
    reason: /iso-8859-1/,
  },
  {
    name: 'gzip',
    sent: signedForm({}, { body: gzipSync('a=b'), headers: { 'Content-Encoding': 'gzip' } }),
    answers: [415],
    reason: /"gzip"/,
    says: /accept-encoding: identity/i,
  },
  {
    name: 'gzip of gzip',
    sent: typed('application/x-www-form-urlencoded', { 'Content-Encoding': 'gzip, gzip' }),
    answers: [415],
    reason: /"gzip, gzip"/,
  },
  {
    name: 'deflate',
    sent: typed('application/x-www-form-urlencoded', { 'Content-Encoding': 'deflate' }),
    answers: [415],
    reason: /deflate/,
  },
  {
    name: 'gzip that does not say so',
    sent: { body: gzipSync('a=b') },
    answers: [403],
    reason: /no X-Twilio-Signature/,
  },
  { name: 'no body', sent: { body: '' }, answers: [403], reason: /no X-Twilio-Signature/ },
  {
    name: 'no body, signed',
    sent: { body: '', headers: { 'X-Twilio-Signature': signature(PATH) } },
    answers: [400],
    reason: /tells of nothing/,
  },
  { name: 'a byte too many', sent: { body: 'a'.repeat(65_537) }, answers: [413], reason: /longer than 65536 bytes/ },
  {
    name: 'a form for Event Streams',
    sent: signedForm({}, { target: '/webhooks/events' }),
    answers: [415],
    reason: /^send application\/json/,
  },
  {
    name: 'JSON that ends too early, for Event Streams',
    sent: {
      target: '/webhooks/events',
      headers: { 'Content-Type': 'application/json', 'X-Twilio-Signature': 'x' },
      body: '[{',
    },
    answers: [403],
    reason: /does not match/,
  },
]);

const jsonRows: Hostile[] = [
  { name: 'a wrong hash', sent: signedJson(json, '{}'), answers: [403], reason: /does not match/ },
  {
    name: 'no hash',
    sent: { body: json, headers: { 'Content-Type': 'application/json', 'X-Twilio-Signature': signature(PATH) } },
    answers: [403],
    reason: /does not match/,
  },
  { name: 'a list', sent: signedJson('[]'), answers: [400], reason: /not a JSON object/ },
  { name: 'null', sent: signedJson('null'), answers: [400], reason: /not a JSON object/ },
  { name: 'a text', sent: signedJson('"RecordingSid"'), answers: [400], reason: /not a JSON object/ },
  { name: 'half of it', sent: signedJson(json.slice(0, 40)), answers: [400], reason: /not JSON/ },
  { name: 'NaN', sent: signedJson('{"a":NaN}'), answers: [400], reason: /not JSON/ },
  { name: 'an endless nest', sent: signedJson('{"a":'.repeat(9_000)), answers: [400], reason: /not JSON/ },
  {
    name: 'a number for a SID',
    sent: signedJson(json.replace(`"${sid('RE')}"`, '1e999')),
    answers: [400],
    parameter: 'RecordingSid',
    reason: /^RecordingSid/,
  },
  {
    name: 'a list for a SID',
    sent: signedJson(json.replace(`"${sid('RE')}"`, `["${sid('RE')}"]`)),
    answers: [400],
    parameter: 'RecordingSid',
    reason: /^RecordingSid/,
  },
  {
    name: '501 fields',
    sent: signedJson(JSON.stringify(Object.fromEntries(Array.from({ length: 501 }, (_, n) => [`f${n}`, 1])))),
    answers: [413],
    reason: /more than 500/,
  },
  {
    name: '__proto__',
    sent: signedJson(json.replace('{', '{"__proto__":{"recordingSid":"x"},')),
    answers: [204],
    kept: { recordingSid: sid('RE') },
  },
  {
    name: 'a field twice',
    sent: signedJson(json.replace('{', `{"RecordingSid":"${sid('RE', 'b')}",`)),
    answers: [204],
    kept: { recordingSid: sid('RE') },
  },
  {
    name: 'NUL and half a character',
    sent: signedJson(json.replace('{', '{"Note":"a\\u0000b\\ud800",')),
    answers: [204],
    kept: { parameters: { Note: `ab${FFFD}` } },
  },
  {
    name: 'a nest in a field',
    sent: signedJson(json.replace('{', `{"Deep":${'['.repeat(3_000)}${']'.repeat(3_000)},`)),
    answers: [204],
    kept: { recordingSid: sid('RE') },
  },
];
describeHostile('JSON', jsonRows);

describeHostile('bytes that are no UTF-8', [
  {
    name: 'encoded, signed as they are read',
    sent: signedForm({ Note: FFFD }, { body: `${new URLSearchParams(RECORDING)}&Note=%FF` }),
    answers: [204],
    kept: { parameters: { Note: FFFD } },
  },
  {
    name: 'as they are, signed as they are read',
    sent: withBytes(Uint8Array.of(0xff), FFFD),
    answers: [204],
    kept: { parameters: { Note: FFFD } },
  },
  {
    name: 'signed as another charset reads them',
    sent: withBytes(Uint8Array.of(0xff), 'ÿ'),
    answers: [403],
    reason: /does not match/,
  },
  {
    name: 'half of a surrogate pair',
    sent: signedForm({ Note: FFFD.repeat(3) }, { body: `${new URLSearchParams(RECORDING)}&Note=%ED%A0%80` }),
    answers: [204],
    kept: { parameters: { Note: FFFD.repeat(3) } },
  },
  {
    name: 'an over-long slash',
    sent: signedForm({ RecordingSid: '..%c0%af' }),
    answers: [400],
    parameter: 'RecordingSid',
    reason: /^RecordingSid/,
  },
  {
    name: 'percent signs alone',
    sent: signedForm({ Note: '%', Other: '%zz' }, { body: `${new URLSearchParams(RECORDING)}&Note=%&Other=%zz` }),
    answers: [204],
    kept: { parameters: { Note: '%', Other: '%zz' } },
  },
]);
