import { TOKEN } from '@onrecord/ingest/testing/signed-request';
import { describe, expect, it } from 'vitest';
import { certificates, found, HOST, setUp } from '../testing/doctor-set-up.ts';
import { onrecord } from '../testing/onrecord.ts';

const TRUNK = `TK${'d'.repeat(32)}`;

describe('a clean set-up', () => {
  it('has nothing to complain about, and each check says what was seen', async () => {
    const { doctor, environment, network, base } = await setUp();
    expect(await doctor(' --caller-id +14155550100 --caller-id +14155550177')).toEqual({
      status: 0,
      err: '',
      problems: [],
    });
    const { status, out } = await onrecord('doctor', environment, network);
    expect(status).toBe(0);
    expect(out).toContain(`${base} is this service`);
    expect(out).not.toContain(TOKEN);
  });
});

describe('each misconfiguration at Twilio is found and has its remedy', () => {
  it('a wrong token, and the same of a wrong region', async () => {
    const { doctor } = await setUp();
    const { status, err, problems } = await doctor('', {
      TWILIO_AUTH_TOKEN: 'rotated-since',
      TWILIO_API_KEY_SECRET: 'other',
    });
    expect({ status, err }).toEqual({ status: 1, err: expect.stringContaining('checks failed') });
    expect(problems).toContainEqual(
      found('auth token', 'failed', 'wrong region or rotated token', 'TWILIO_AUTH_TOKEN anew'),
    );
    expect(problems).toContainEqual(
      found('API key', 'failed', 'wrong region or rotated key', 'TWILIO_API_KEY_SECRET anew'),
    );
    expect(problems).toContainEqual(
      found('PUBLIC_BASE_URL', 'failed', 'refuses what this token signs', 'same TWILIO_AUTH_TOKEN'),
    );
  });

  it('a region’s host that Twilio has retired', async () => {
    const { doctor } = await setUp();
    const { status, problems } = await doctor('', { TWILIO_API_URL: 'https://api.ie1.twilio.com' });
    expect({ status, problems }).toEqual({
      status: 1,
      problems: [found('region', 'failed', 'retired', 'api.{edge}.ie1.twilio.com')],
    });
  });

  it('a Twilio that cannot be reached leaves the other checks alone', async () => {
    const { doctor } = await setUp();
    const { problems } = await doctor('', { TWILIO_API_URL: 'http://127.0.0.1:2' });
    expect(problems).toContainEqual(found('auth token', 'failed', 'ECONNREFUSED', 'check TWILIO_API_URL'));
    expect(problems.map(({ check }) => check)).not.toContain('PUBLIC_BASE_URL');
  });

  it.each(['suspended', 'closed'] as const)('an account that is %s', async (status) => {
    const { doctor, simulator, number } = await setUp();
    simulator.setUpAccount({ status, phoneNumbers: [number] });
    expect((await doctor()).problems).toEqual([
      found('account', 'failed', status, status === 'closed' ? 'another account' : 'Console'),
    ]);
  });

  it.each([
    [60, 'warning', 'behind'],
    [-3_600, 'failed', 'ahead of'],
  ] as const)('a clock that is %d s away', async (clockAheadSeconds, status, which) => {
    const { doctor, simulator, number } = await setUp();
    simulator.setUpAccount({ clockAheadSeconds, phoneNumbers: [number] });
    expect((await doctor()).problems).toEqual([found('clock', status, which, 'NTP')]);
  });

  it('numbers whose voice URL or status callback is elsewhere or missing, on any page', async () => {
    const { doctor, simulator, number, base } = await setUp();
    const elsewhere = { ...number, phoneNumber: '+14155550101', voiceUrl: 'https://demo.twilio.com/welcome/voice/' };
    const silent = { ...number, phoneNumber: '+14155550102', statusCallback: '' };
    const asked = {
      ...number,
      phoneNumber: '+14155550103',
      statusCallback: `${base}/webhooks/recording`,
      voiceMethod: 'GET' as const,
    };
    simulator.setUpAccount({ phoneNumbers: [number, elsewhere, silent, asked] });
    const { status, problems } = await doctor();
    expect(status).toBe(0);
    expect(problems).toHaveLength(4);
    expect(problems).toContainEqual(
      found('number +14155550101', 'warning', 'demo.twilio.com', `${base}/voice/inbound`),
    );
    expect(problems).toContainEqual(found('number +14155550102', 'warning', 'empty', `${base}/webhooks/voice/status`));
    expect(problems).toContainEqual(
      found('number +14155550103', 'warning', '/webhooks/recording', '/webhooks/voice/status'),
    );
    expect(problems).toContainEqual(found('number +14155550103', 'warning', 'GET', 'POST'));
  });

  // A number for text messages alone was to be given a voice URL.
  it('of a number that takes no calls nothing is asked', async () => {
    const { doctor, simulator, number } = await setUp();
    const texting = { ...number, phoneNumber: '+14155550104', hasVoice: false, voiceUrl: '', statusCallback: '' };
    simulator.setUpAccount({ phoneNumbers: [number, texting] });
    expect((await doctor()).problems).toEqual([]);
  });

  it('a voice application that no number leads to', async () => {
    const { doctor, simulator, base } = await setUp();
    simulator.setUpAccount({});
    expect((await doctor()).problems).toEqual([
      found('voice numbers', 'failed', 'the account has no numbers', `${base}/voice/inbound`),
    ]);
  });

  it('a caller ID that is neither owned nor verified, however much it is like one', async () => {
    const { doctor } = await setUp();
    const { status, problems } = await doctor(' --caller-id +1415555010');
    expect({ status, problems }).toEqual({
      status: 1,
      problems: [found('caller ID +1415555010', 'failed', '13214', 'Verified Caller IDs')],
    });
  });

  it('a trunk that records without callbacks while nobody asks afterwards', async () => {
    const { doctor, simulator, number } = await setUp();
    const trunk = { ...number, phoneNumber: '+14155550101', trunkSid: TRUNK };
    simulator.setUpAccount({ phoneNumbers: [number, trunk], trunks: { [TRUNK]: 'record-from-answer' } });
    const { problems } = await doctor('', { RECONCILE_INTERVAL: '0s' });
    expect(problems).toContainEqual(found('recording callbacks', 'failed', TRUNK, 'RECONCILE_INTERVAL'));
    expect((await doctor()).problems.map(({ check }) => check)).not.toContain('recording callbacks');
  });
});

it('a trunk whose recording mode Twilio does not tell is no trunk that does not record', async () => {
  const { doctor, simulator, number } = await setUp();
  const trunk = { ...number, phoneNumber: '+14155550101', trunkSid: TRUNK };
  simulator.setUpAccount({ phoneNumbers: [number, trunk] });
  expect((await doctor()).problems).toContainEqual(found(`trunk ${TRUNK}`, 'warning', 'does not tell', 'Console'));
});

describe('each misconfiguration of the public address is found and has its remedy', () => {
  it.each([
    ['expired', 'failed', 'has expired', 'renew'],
    ['selfSigned', 'failed', 'self-signed', 'public authority'],
    ['other', 'failed', 'another host name', 'this host name'],
    ['incomplete', 'failed', 'chain is incomplete', 'fullchain.pem'],
    ['soon', 'warning', 'expires in 2 days', 'renew'],
  ] as const)('a certificate that is %s', async (name, status, seen, remedy) => {
    const { doctor } = await setUp({ certificate: certificates[name] });
    expect((await doctor()).problems).toEqual([found('TLS', status, seen, remedy)]);
  });

  it.each(['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.9', '169.254.169.254', '100.64.0.1', '::1', 'fd00::1'])(
    'a host name that leads to %s',
    async (address) => {
      const { doctor } = await setUp({ address });
      expect((await doctor()).problems).toEqual([found('address', 'failed', address, 'tunnel')]);
    },
  );

  it('http', async () => {
    const { doctor } = await setUp({ scheme: 'http' });
    expect((await doctor()).problems).toEqual([found('TLS', 'warning', 'http', 'https://')]);
  });

  it('nothing that listens', async () => {
    const { doctor, server } = await setUp();
    await new Promise((resolve) => server.close(resolve));
    expect((await doctor()).problems).toContainEqual(
      found('PUBLIC_BASE_URL', 'failed', 'ECONNREFUSED', 'start ingest'),
    );
  });

  it('another service', async () => {
    const { doctor } = await setUp({ listener: (_, response) => response.writeHead(200).end('<h1>') });
    expect((await doctor()).problems).toEqual([found('PUBLIC_BASE_URL', 'failed', 'answers 200', 'PORT of ingest')]);
  });

  it('an ingest with another token', async () => {
    const { doctor } = await setUp({ token: 'another-token' });
    expect((await doctor()).problems).toEqual([
      found('PUBLIC_BASE_URL', 'failed', 'refuses', 'same TWILIO_AUTH_TOKEN'),
    ]);
  });

  it('one of two addresses', async () => {
    const { doctor, base } = await setUp();
    const { problems } = await doctor('', { PUBLIC_BASE_URL: `${base}, http://${HOST}:1` });
    expect(problems).toContainEqual(
      found('PUBLIC_BASE_URL', 'failed', `http://${HOST}:1 cannot be reached`, 'start ingest'),
    );
  });
});

it('names every setting that is missing', async () => {
  const { status, err } = await onrecord('doctor', {});
  expect(status).toBe(1);
  for (const name of ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'PUBLIC_BASE_URL']) expect(err).toContain(name);
});
