import { describeHostile, type Hostile, signedForm } from '../../testing/hostile.ts';
import { ACCOUNT, sid } from '../../testing/signed-request.ts';

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`Field${n}`, 'x']));
const voice = { target: '/webhooks/voice/status' };
const conference = { target: '/webhooks/conference' };

const refused: [name: string, sent: Hostile['sent'], parameter: string][] = [
  ['no RecordingSid', signedForm({ RecordingSid: undefined }), 'RecordingSid'],
  ['an empty RecordingSid', signedForm({ RecordingSid: '' }), 'RecordingSid'],
  ['no AccountSid', signedForm({ AccountSid: undefined }), 'AccountSid'],
  ['no status of a recording', signedForm({ RecordingStatus: undefined }), 'RecordingStatus'],
  ['no CallSid of a call', signedForm({ CallSid: undefined }, voice), 'CallSid'],
  ['no status of a call', signedForm({}, voice), 'CallStatus'],
  ['no ConferenceSid', signedForm({}, conference), 'ConferenceSid'],
  ['no conference event', signedForm({ ConferenceSid: sid('CF') }, conference), 'StatusCallbackEvent'],
  ['two RecordingSids', signedForm({ RecordingSid: [sid('RE'), sid('RE', 'b')] }), 'RecordingSid'],
  ['an array by its name', signedForm({ RecordingSid: undefined, 'RecordingSid[]': sid('RE') }), 'RecordingSid'],
  ['an array by index', signedForm({ RecordingSid: undefined, 'RecordingSid[0]': sid('RE') }), 'RecordingSid'],
  ['an object by its name', signedForm({ AccountSid: undefined, 'AccountSid[sid]': ACCOUNT }), 'AccountSid'],
  ['names in small letters', signedForm({ RecordingSid: undefined, recordingsid: sid('RE') }), 'RecordingSid'],
  ['a path in a SID', signedForm({ RecordingSid: '../../../etc/passwd' }), 'RecordingSid'],
  ['a path behind a SID', signedForm({ RecordingSid: `${sid('RE')}/../x` }), 'RecordingSid'],
  ['an encoded path in a SID', signedForm({ CallSid: '..%2f..%2fetc' }), 'CallSid'],
  ['a line break behind a SID', signedForm({ RecordingSid: `${sid('RE')}\n` }), 'RecordingSid'],
  ['a SID of another kind', signedForm({ CallSid: sid('RE') }), 'CallSid'],
  ['a SID that is too short', signedForm({ CallSid: sid('CA').slice(1) }), 'CallSid'],
  ['full-width digits in a SID', signedForm({ RecordingSid: `RE${'１'.repeat(32)}` }), 'RecordingSid'],
  ['SQL for a SID', signedForm({ RecordingSid: "RE' OR '1'='1" }), 'RecordingSid'],
  ['another account', signedForm({ AccountSid: sid('AC', 'b') }), 'AccountSid'],
  ['a status as long as a text', signedForm({ RecordingStatus: 'x'.repeat(101) }), 'RecordingStatus'],
];

describeHostile(
  'signed parameters that no fact can be made of',
  refused.map(([name, sent, parameter]) => ({
    name,
    sent,
    parameter,
    answers: [400],
    reason: new RegExp(`^${parameter} `),
  })),
);

describeHostile('more than is taken', [
  {
    name: '10,000 parameters',
    sent: signedForm({}, { body: 'a=b&'.repeat(10_000) }),
    answers: [413],
    reason: /more than/,
  },
  {
    name: '501 parameters',
    sent: signedForm(many(491)),
    answers: [413],
    reason: /more than 500 parameters/,
    says: /500 parameters/,
  },
  { name: '65,000 ampersands', sent: { body: '&'.repeat(65_000) }, answers: [413], reason: /more than 500 parameters/ },
  {
    name: '501 parameters in the address',
    sent: { method: 'GET', target: `/webhooks/recording?${'a&'.repeat(501)}` },
    answers: [413],
    reason: /more than 500/,
  },
  {
    name: 'a long parameter',
    sent: signedForm({ Long: 'x'.repeat(16_385) }),
    answers: [413],
    parameter: 'Long',
    reason: /longer than 16384/,
  },
  {
    name: 'a long name',
    sent: signedForm({ ['n'.repeat(16_385)]: 'x' }),
    answers: [413],
    parameter: 'n'.repeat(100),
    reason: /longer than 16384/,
  },
]);

const taken: [name: string, change: Record<string, string | string[]>, kept: object][] = [
  ['500 parameters', many(490), { status: 'completed' }],
  ['two statuses', { RecordingStatus: ['completed', 'failed'] }, { status: 'completed,failed' }],
  ['a status in capitals', { RecordingStatus: 'COMPLETED' }, { status: 'COMPLETED' }],
  ['a status of next year', { RecordingStatus: 'levitating' }, { status: 'levitating' }],
  ['SIDs in capitals', { RecordingSid: sid('RE').toUpperCase() }, { recordingSid: sid('RE') }],
  ['a NUL in a SID', { RecordingSid: `${sid('RE')}\0` }, { recordingSid: sid('RE') }],
  ['a NUL in name and value', { 'Na\0me': 'va\0lue' }, { parameters: { Name: 'value' } }],
  [
    'a field named __proto__',
    Object.fromEntries([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]),
    { parameters: { constructor: 'y' } },
  ],
  ['a path into __proto__', { '__proto__[polluted]': '1' }, { parameters: { '__proto__[polluted]': '1' } }],
  ['a header in a value', { Note: 'a\r\nX-Evil: 1\r\n\r\n' }, { parameters: { Note: 'a\r\nX-Evil: 1\r\n\r\n' } }],
  ['right-to-left text and emoji', { Note: '\u202e😀' }, { parameters: { Note: '\u202e😀' } }],
  ['a link-local address', { RecordingUrl: 'http://169.254.169.254/latest/meta-data' }, { recordingSid: sid('RE') }],
  ['an internal address', { RecordingUrl: 'http://[::1]:6379/' }, { recordingSid: sid('RE') }],
  ['a file for an address', { RecordingUrl: 'file:///etc/passwd' }, { recordingSid: sid('RE') }],
];
/** What is no number or time is left to the parameters alone. */
const leftAlone: [parameter: string, field: string, values: string[]][] = [
  ['RecordingDuration', 'durationSeconds', ['-5', 'NaN', 'Infinity', '1e308', '0x10', '9'.repeat(400)]],
  ['RecordingChannels', 'channels', ['0', '-1', '1.5']],
  ['ErrorCode', 'errorCode', ['99999999999', 'none']],
  [
    'RecordingStartTime',
    'startedAt',
    ['+275760-09-13T00:00:00Z', 'Thu, 01 Jan 1970 00:00:00 +0000', 'Foo, 32 Bar 2026', '0'],
  ],
];

describeHostile('signed parameters that are odd, and no reason to refuse a fact', [
  ...taken.map(([name, change, kept]) => ({ name, sent: signedForm(change), answers: [204], kept })),
  ...leftAlone.flatMap(([parameter, field, values]) =>
    values.map((value) => ({
      name: `${parameter} ${value.slice(0, 30)}`,
      sent: signedForm({ [parameter]: value }),
      answers: [204],
      kept: { parameters: { [parameter]: value } },
      without: field,
    })),
  ),
]);
