import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joined, legReported, newSid, recordingCompleted } from '../retention/facts.ts';
import { Door, routesOf } from './tenants.ts';

const ALICE = { to: 'client:alice' };

let door: Door;
let token: string;
beforeAll(async () => {
  door = await Door.open();
  // Of client:alice.
  token = await door.tokenOf('agent');
});
afterAll(() => door?.close());

const take = (...events: Parameters<Door['api']['test']['take']>) => door.api.test.take(...events);
const statusOf = async (path: string) => (await door.ask(path, token)).status;

async function callTo(leg: { to: string; status?: string }) {
  const [parent, child, recording] = [newSid('CA'), newSid('CA'), newSid('RE')];
  await take(
    legReported(parent),
    legReported(child, { parentCallSid: parent, ...leg }),
    recordingCompleted(recording, { callSid: parent }),
  );
  return { parent, child, recording };
}

const listed = async (): Promise<string[]> =>
  (await door.ask('/v1/recordings?limit=200', token)).json.recordings.map(
    (each: { recordingSid: string }) => each.recordingSid,
  );

describe('an agent', () => {
  it('sees the recordings of calls with a leg of its own, through any of their legs', async () => {
    const { parent, child, recording } = await callTo(ALICE);
    expect(await listed()).toContain(recording);
    for (const path of [`/v1/recordings/${recording}`, `/v1/calls/${parent}`, `/v1/calls/${child}`]) {
      expect(await statusOf(path), path).toBe(200);
    }
    expect(await statusOf(`/v1/calls/${parent}/diagnosis`)).toBe(200);
  });

  // Every summary named the matters that a recording is held for: an agent who was looked into read it there.
  it('does not learn that its recordings are held, nor for what matter', async () => {
    const { parent, recording } = await callTo(ALICE);
    const compliance = await door.tokenOf('compliance');
    const post = (path: string, body: object) => door.ask(path, compliance, { method: 'POST', body });
    const { matterId } = (await post('/v1/matters', { name: 'theft by client alice' })).json;
    expect((await post('/v1/holds', { matterId, selector: { callSid: parent } })).status).toBe(201);
    const paths = ['/v1/recordings?limit=200', `/v1/recordings/${recording}`, `/v1/calls/${parent}`];
    for (const path of paths) {
      const [own, theirs] = [await door.ask(path, token), await door.ask(path, compliance)];
      expect([path, own.status, own.text.includes(recording)]).toEqual([path, 200, true]);
      expect([path, theirs.text.includes(matterId)]).toEqual([path, true]);
      for (const said of [matterId, 'theft', '"holds"']) expect([path, own.text.includes(said)]).toEqual([path, false]);
    }
    expect(await statusOf('/v1/recordings?held=true')).toBe(403);
    expect((await door.ask('/v1/recordings?held=true', compliance)).status).toBe(200);
  });

  it('sees those of conferences that it was in', async () => {
    const [conferenceSid, callSid, recording] = [newSid('CF'), newSid('CA'), newSid('RE')];
    await take(legReported(callSid, ALICE), recordingCompleted(recording, { conferenceSid }));
    expect(await listed()).not.toContain(recording);
    await take(joined(conferenceSid, callSid));
    expect(await listed()).toContain(recording);
    expect(await statusOf(`/v1/recordings/${recording}`)).toBe(200);
  });

  it('finds nothing of calls of others in any list that it may ask for', async () => {
    const { parent, child, recording } = await callTo({ to: 'client:bob' });
    const lists = routesOf(door.api).filter(({ method, places }) => method === 'GET' && places.length === 0);
    const open: string[] = [];
    for (const { path } of lists) {
      const { status, text } = await door.ask(`${path}?limit=50${path === '/v1/transcripts' ? '&q=hello' : ''}`, token);
      if (status === 200) open.push(path);
      for (const sid of [parent, child, recording]) expect(text, path).not.toContain(sid);
    }
    expect(open.toSorted()).toEqual(['/v1/calls', '/v1/recordings', '/v1/transcripts']);
  });

  it.each([
    ['of others', { to: 'client:bob' }],
    ['that somebody of a longer name was on', { to: 'client:alice2' }],
    ['that rang and were never answered', { to: 'client:alice', status: 'no-answer' }],
  ])('is told of calls %s what it is told of calls that never were', async (_, leg) => {
    const { parent, child, recording } = await callTo(leg);
    expect(await listed()).not.toContain(recording);
    const addresses = (re: string, ca: string) => [
      ...[`/v1/recordings/${re}`, `/v1/recordings/${re}/transcript`, `/v1/calls/${ca}`, `/v1/calls/${ca}/diagnosis`],
    ];
    for (const sid of [parent, child]) {
      const [re, ca] = [newSid('RE'), newSid('CA')];
      const missing = addresses(re, ca);
      for (const [index, address] of addresses(recording, sid).entries()) {
        const [there, nowhere] = [await door.ask(address, token), await door.ask(missing[index] ?? '', token)];
        expect(there.status).toBe(404);
        expect(there.text.replace(recording, '').replace(sid, '')).toBe(nowhere.text.replace(re, '').replace(ca, ''));
      }
    }
  });
});
