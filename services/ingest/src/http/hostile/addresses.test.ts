import { describeHostile, type Hostile, PATH, signedForm } from '../../testing/hostile.ts';
import { sid } from '../../testing/signed-request.ts';

const at = (target: string, headers: Record<string, string> = {}) => ({ method: 'GET', target, headers });
const kept = { recordingSid: sid('RE') };
const nothing = /nothing at this address/;
const unsigned = /no X-Twilio-Signature/;

const rows: [name: string, sent: Hostile['sent'], status: number, reason: RegExp][] = [
  ['somebody else’s address in full', at(`http://evil.example${PATH}`), 403, unsigned],
  ['the metadata service’s address in full', at('http://169.254.169.254/latest/meta-data'), 404, nothing],
  ['a backslash for a slash', at('/webhooks\\recording'), 400, /backslash/i],
  ['an empty segment', at('//webhooks/recording'), 404, nothing],
  ['a slash at the end', at(`${PATH}/`), 404, nothing],
  ['an encoded slash', at('/webhooks%2frecording'), 404, nothing],
  ['capitals', at('/WEBHOOKS/RECORDING'), 404, nothing],
  ['the way to another route', at('/webhooks/recording/../debugger'), 403, unsigned],
  ['the way out', at('/../../etc/passwd'), 404, nothing],
  ['the encoded way out', at('/%2e%2e/%2e%2e/etc/passwd'), 404, nothing],
  ['a NUL in the path', at('/webhooks/recording%00'), 404, nothing],
  ['a percent sign alone', at('/webhooks/%'), 404, nothing],
  ['a query that is no encoding', at(`${PATH}?%&%zz&=`), 403, unsigned],
  ['the metrics', at('/metrics'), 404, nothing],
  ['the operator’s API', at('/v1/reconcile'), 404, nothing],
  ['a Host with a login', at(PATH, { Host: 'a@b' }), 400, /host/i],
  ['a Host that is none', at(PATH, { Host: 'a b' }), 400, /url|host/i],
  ['a Host with a path', at(PATH, { Host: 'a/b?c' }), 400, /host/i],
];
describeHostile(
  'addresses that are no callback’s',
  rows.map(([name, sent, status, reason]) => ({ name, sent, answers: [status], reason })),
);

describeHostile(
  'methods that Twilio does not use',
  ['PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND'].map((method) => ({
    name: method,
    sent: signedForm({}, { method }),
    answers: [405],
    says: /allow: GET, POST/i,
    reason: /use GET, POST/,
  })),
);

describeHostile('methods at Event Streams', [
  { name: 'GET', sent: at('/webhooks/events'), answers: [405], says: /allow: POST\r/i, reason: /use POST/ },
]);

describeHostile('addresses that are odd, and signed as they are', [
  {
    name: 'the public address in full',
    sent: { ...signedForm({}), target: `https://calls.example.com${PATH}` },
    answers: [204],
    kept,
  },
]);
