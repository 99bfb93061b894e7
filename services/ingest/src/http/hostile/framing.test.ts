import { bytesOf, describeHostile, type Hostile, type RawRequest, signedForm } from '../../testing/hostile.ts';
import { sid } from '../../testing/signed-request.ts';

const head = 'POST /webhooks/recording HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n';
const get = (rest: string) => `GET /webhooks/recording HTTP/1.1\r\nHost: a\r\n${rest}`;
const kept = { recordingSid: sid('RE') };

const unreadable: [name: string, sent: string, status: number, reason: RegExp][] = [
  ['two lengths', `${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\na`, 400, /Content-Length/],
  [
    'a length and chunks',
    `${head}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
    /Content-Length|Transfer-Encoding/,
  ],
  [
    'chunks and a length',
    `${head}Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n`,
    400,
    /Content-Length|Transfer-Encoding/,
  ],
  ['a negative length', `${head}Content-Length: -1\r\n\r\n`, 400, /Content-Length/],
  ['a length with a sign', `${head}Content-Length: +5\r\n\r\nhello`, 400, /Content-Length/],
  ['a length in hexadecimal', `${head}Content-Length: 0x5\r\n\r\nhello`, 400, /Content-Length/],
  ['a length beyond 64 bits', `${head}Content-Length: 99999999999999999999\r\n\r\n`, 400, /Content-Length/],
  ['a coding that is none', `${head}Transfer-Encoding: xchunked\r\n\r\n`, 400, /Transfer-Encoding/],
  [
    'chunks that are not the last coding',
    `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    400,
    /Transfer-Encoding/,
  ],
  ['a chunk whose size is no number', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400, /chunk size/i],
  ['a chunk size beyond 64 bits', `${head}Transfer-Encoding: chunked\r\n\r\n${'f'.repeat(20)}\r\n`, 400, /chunk size/i],
  ['endless chunk extensions', `${head}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}`, 413, /extensions/],
  ['headers beyond the limit', `${head}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431, /headers are too long/],
  ['thousands of headers', `${head}${'X: y\r\n'.repeat(3_000)}\r\n`, 431, /headers are too long/],
  ['an endless address', `GET /webhooks/recording?${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`, 431, /headers are too long/],
  ['a NUL in a header', get('X: a\0b\r\n\r\n'), 400, /header/i],
  ['a space in a header’s name', get('X Y: a\r\n\r\n'), 400, /header/i],
  ['a header without a colon', get('Nothing\r\n\r\n'), 400, /header/i],
  ['a space before the colon', `${head}Content-Length : 1\r\n\r\na`, 400, /header/i],
  ['a folded header', get('X: a\r\n b: c\r\n\r\n'), 400, /header|whitespace/i],
  ['lines that end with LF alone', 'GET /webhooks/recording HTTP/1.1\nHost: a\n\n', 400, /CR|LF/],
  ['a carriage return alone', get('X: a\rY: b\r\n\r\n'), 400, /LF|CR/],
  ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n', 400, /method/i],
  ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n', 400, /method|Expected/i],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, /PRI|HTTP\/2|version|method/i],
  ['HTTP/9', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n', 400, /version/i],
  ['HTTP/0.9', 'GET /webhooks/recording\r\n\r\n', 400, /host/i],
  ['a method in small letters', 'post / HTTP/1.1\r\nHost: a\r\n\r\n', 400, /method/i],
  ['a method that nobody knows', 'HACK / HTTP/1.1\r\nHost: a\r\n\r\n', 400, /method/i],
  ['no Host', 'GET /webhooks/recording HTTP/1.1\r\nConnection: close\r\n\r\n', 400, /host/i],
  ['no Host in HTTP/1.0', 'GET /webhooks/recording HTTP/1.0\r\n\r\n', 400, /host/i],
];

describeHostile(
  'what is no request',
  unreadable.map(([name, sent, status, reason]) => ({ name, sent, answers: [status], reason })),
);

const endless = `${head}Transfer-Encoding: chunked\r\n\r\n${'1\r\na\r\n'.repeat(50)}`;
describeHostile(
  'what never ends, or goes on',
  [
    { name: 'headers that never end', sent: `${head}X: `, answers: [408], reason: /too long to arrive/ },
    {
      name: 'a body that never comes',
      sent: `${head}Content-Length: 10\r\n\r\nslow`,
      answers: [408],
      reason: /too long to arrive/,
    },
    { name: 'chunks without an end', sent: endless, answers: [408], reason: /too long to arrive/ },
    {
      name: 'chunks beyond the limit',
      sent: `${head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n${'a'.repeat(65_537)}\r\n`,
      answers: [413],
      reason: /longer than 65536/,
    },
    {
      name: 'a length beyond the limit, of which nothing was sent',
      sent: `${head}Connection: close\r\nContent-Length: 65537\r\n\r\n`,
      answers: [413],
      reason: /longer than 65536/,
    },
    {
      name: 'a request behind a request',
      sent: pipelined(signedForm({}), signedForm({ RecordingStatus: 'absent' })),
      answers: [204, 204],
      kept,
      events: 2,
    },
    {
      name: 'a forged request behind a real one',
      sent: pipelined(signedForm({}), { method: 'GET' }),
      answers: [204, 403],
      reason: /no X-Twilio-Signature/,
      kept,
    },
    { name: 'a request in a body', sent: signedForm({ Note: get('\r\n') }), answers: [204], kept },
    {
      name: 'a body that is asked for first',
      sent: signedForm({}, { headers: { Expect: '100-continue' } }),
      answers: [100, 204],
      kept,
    },
    { name: 'HTTP/1.0 as old proxies speak it', sent: signedForm({}, { version: 'HTTP/1.0' }), answers: [204], kept },
    {
      name: 'an upgrade',
      sent: signedForm({}, { headers: { Connection: 'close, Upgrade', Upgrade: 'websocket' } }),
      answers: [204],
      kept,
    },
  ] satisfies Hostile[],
  { REQUEST_TIMEOUT: '1s', HEADERS_TIMEOUT: '1s' },
);

function pipelined(first: RawRequest, second: RawRequest): Uint8Array {
  const kept = { ...first, headers: { ...first.headers, Connection: 'keep-alive' } };
  return Buffer.concat([bytesOf(kept), bytesOf(second)]);
}
