import { onCompliance } from '@onrecord/retention/on-compliance';
import { createEvent, deadLetterSettled } from '@onrecord/shared/events';
import { ACCOUNT, at, consentOf, newSid, recordingCompleted } from '../facts.ts';
import { type RecordsApp, TOKEN } from '../records-app.ts';
import type { Effect, Ready } from './effect.ts';

const POLICY = `name: of-the-table
defaults:
  consent: { mode: explicit }
  periods: { audio: 30d, transcript: 30d, providerResponse: 30d, metadata: 90d, numbers: 30d }`;

type Step = () => Promise<unknown>;
interface AskedEffect extends Effect {
  /** @returns what is then done */
  given(api: RecordsApp): Promise<Step>;
}

/** @throws Error where the API refuses: nothing would be on record then, for another reason */
async function send(
  api: RecordsApp,
  method: string,
  path: string,
  body?: unknown,
  more: Parameters<RecordsApp['send']>[1] = {},
) {
  const { status, json } = await api.send(path, { method, ...(body === undefined ? {} : { body }), ...more });
  if (status >= 300) throw new Error(`${method} ${path} answers ${status}: ${JSON.stringify(json)}`);
  return json;
}

const auditor = (api: RecordsApp) =>
  send(api, 'POST', '/v1/tokens', { name: 'of the table', role: 'auditor', accounts: [ACCOUNT] });

async function placed(api: RecordsApp): Promise<string> {
  const { matterId } = await send(api, 'POST', '/v1/matters', { name: 'Smith v. Jones' });
  const { holdId } = await send(api, 'POST', '/v1/holds', { matterId, selector: { callSid: newSid('CA') } });
  return `/v1/holds/${holdId}/release`;
}

const RELEASE = { reason: 'settled' };

const settled = (offset: number) =>
  createEvent(
    deadLetterSettled,
    {
      ...{ accountSid: ACCOUNT, topic: 'onrecord.media', partition: 0, offset, outcome: 'discarded' },
      ...{ settledBy: 'ada', settledAt: at(1).toISOString() },
    },
    { time: at(1).toISOString() },
  );

/** What somebody asks for, over the records API where it has an address. */
export const ASKED: readonly AskedEffect[] = [
  {
    ...{ what: 'an answer is given', by: 'token', makes: ['consent.recorded'] },
    given: async (api) => () => api.post({ callSid: newSid('CA'), party: 'caller', outcome: 'granted' }),
  },
  {
    ...{ what: 'a recording is reported whose party agreed', by: 'service', makes: ['decision.made'] },
    given: async ({ test }) => {
      const callSid = newSid('CA');
      await test.take(consentOf({ callSid }, 'granted'));
      return () => test.take(recordingCompleted(newSid('RE'), { callSid }));
    },
  },
  {
    ...{ what: 'a date is set', by: 'token', makes: ['retention.changed'] },
    given: async (api) => {
      const { path } = await api.given('cleared');
      return () => send(api, 'PUT', `${path}/retention`, { deleteAfter: at(10_000).toISOString() });
    },
  },
  {
    ...{ what: 'a policy is drafted', by: 'token', makes: ['policy.drafted'] },
    given: async (api) => () => send(api, 'POST', '/v1/policies', { source: POLICY }),
  },
  {
    ...{ what: 'a policy is activated', by: 'token', makes: ['policy.activated'] },
    given: async (api) => {
      const { id } = await send(api, 'POST', '/v1/policies', { source: `${POLICY}\n` });
      return () => send(api, 'POST', `/v1/policies/${id}/activation`, { confirm: { dueNow: 99 } });
    },
  },
  {
    ...{ what: 'a call is tagged', by: 'token', makes: ['tags.changed'] },
    given: async (api) => {
      const { callSid } = await api.given('waiting');
      return () => send(api, 'PUT', `/v1/calls/${callSid}/tags`, { tags: ['vip'] });
    },
  },
  {
    ...{ what: 'a transcript is read', by: 'token', makes: ['access.granted'] },
    given: async (api) => {
      const { path } = await api.given('transcribed');
      return () => send(api, 'GET', `${path}/transcript`);
    },
  },
  {
    ...{ what: 'an auditor looks', by: 'token', makes: ['records.read'] },
    given: async (api) => {
      const { secret: token } = await auditor(api);
      return () => send(api, 'GET', '/v1/recordings', undefined, { token });
    },
  },
  {
    ...{ what: 'what is held on a person is exported', by: 'token', makes: ['subject.exported'] },
    given: async (api) => async () =>
      api.app.request('/v1/subject-exports', {
        method: 'POST',
        body: JSON.stringify({ number: '+14155550199' }),
        headers: {
          authorization: `Bearer ${TOKEN}`,
          'content-type': 'application/json',
          'x-access-purpose': 'asked for by the person',
        },
      }),
  },
  {
    ...{ what: 'a token is made', by: 'token', makes: ['token.created'] },
    given: async (api) => () => auditor(api),
  },
  {
    ...{ what: 'a token is revoked', by: 'token', makes: ['token.revoked'] },
    given: async (api) => {
      const { token } = await auditor(api);
      return () => send(api, 'DELETE', `/v1/tokens/${token.tokenId}`);
    },
  },
  {
    ...{ what: 'somebody comes with a token that nobody knows', by: 'token', makes: ['authorisation.failed'] },
    given: async (api) => () => api.send('/v1/recordings', { token: 'guessed' }),
  },
  {
    ...{ what: 'an erasure is asked for', by: 'token', makes: ['erasure.requested'] },
    given: async (api) => () => send(api, 'POST', '/v1/erasures', { callSid: newSid('CA') }),
  },
  {
    ...{ what: 'it is asked for again', by: 'token', makes: ['erasure.joined'] },
    given: async (api) => {
      const ask = { callSid: newSid('CA') };
      await send(api, 'POST', '/v1/erasures', ask);
      return () => send(api, 'POST', '/v1/erasures', ask);
    },
  },
  {
    ...{ what: 'a matter is opened, and a hold placed for it', by: 'token', makes: ['matter.opened', 'hold.placed'] },
    given: async (api) => () => placed(api),
  },
  {
    ...{ what: 'a release is asked for that takes a second person', by: 'token', makes: ['hold.release-requested'] },
    given: async (api) => {
      const release = await placed(api);
      return () => send(api, 'POST', release, RELEASE);
    },
  },
  {
    ...{ what: 'somebody else approves of it', by: 'token', makes: ['hold.released'] },
    given: async (api) => {
      const release = await placed(api);
      // Not from who asks: that would be no second person.
      const grant = { name: 'approves', role: 'compliance', accounts: 'all', expiresAt: at(100_000) } as const;
      const by = { kind: 'service', id: 'of the table' } as const;
      const { secret: token } = await api.tokens.create(grant, { by, accounts: [ACCOUNT] });
      await send(api, 'POST', release, RELEASE);
      return () => send(api, 'POST', `${release}/approval`, {}, { token });
    },
  },
  {
    ...{ what: 'a dead letter is settled, and the event comes twice', by: 'operator', makes: ['dead-letter.settled'] },
    given:
      async ({ test: { ledger } }) =>
      async () => {
        for (const event of [settled(1), settled(1)]) await onCompliance(event, { ledger });
      },
  },
];

export const readyAsked = async (api: RecordsApp, { given }: AskedEffect): Promise<Ready> => ({
  ledger: api.test,
  happens: await given(api),
});
