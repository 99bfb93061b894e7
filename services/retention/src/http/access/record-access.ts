import { z } from '@hono/zod-openapi';
import { isPhoneLike } from '@onrecord/shared/telephony/phone-like';
import type { Context } from 'hono';
import type { Handout } from '../../domain/access.ts';
import type { AuditEntry } from '../../domain/audit-entry.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import type { RecordsEnv } from './principal.ts';
import { remoteAddressOf } from './remote-address.ts';

const PURPOSE_CHARACTERS_MAX = 200;
const A_PURPOSE = `give 1 to ${PURPOSE_CHARACTERS_MAX} characters that say why it is read, such as "complaint 4711"`;

/** For the `request.headers` of every route that hands out audio or text. */
export const purposeHeader = z.object({
  'x-access-purpose': z
    .string()
    .trim()
    .min(1, A_PURPOSE)
    .max(PURPOSE_CHARACTERS_MAX, A_PURPOSE)
    // Other characters come as bytes that nobody can tell the letters of.
    .regex(/^[\x20-\x7e]*$/, 'give plain ASCII, such as ue for ü: a header carries no other letters')
    .refine((text) => !isPhoneLike(text), 'name the person in another way than by a phone number: it would be kept')
    .optional()
    .openapi({
      description: 'Why this is read: kept beside the access, and needed where ACCESS_PURPOSE_REQUIRED is set.',
    }),
});

/** What of the records API it takes. */
export type AccessRecording = 'accesses' | 'access' | 'clock' | 'logError';

/**
 * Records that these are handed out to whoever asks. To be called once everything else is known to be in order, before the first byte
 * of the answer: what could not be recorded is not sent.
 * @param request an audit entry on the request as a whole, whether it hands anything out or not
 * @throws ProblemError where a purpose is needed and none was given, or where the ledger cannot record it
 */
export async function recordAccess(
  c: Context<RecordsEnv>,
  api: Pick<RecordsApi, AccessRecording>,
  accountSid: string,
  handouts: readonly Handout[],
  request: readonly AuditEntry[] = [],
): Promise<void> {
  const purpose = purposeOf(c, api);
  if (handouts.length === 0 && request.length === 0) return;
  const { kind, id, name, role } = c.get('principal');
  const common = { accountSid, at: api.clock(), purpose, principal: { kind, id, name, role } };
  const remoteAddress = remoteAddressOf(c, api.access);
  try {
    const accesses = handouts.map((handout) => ({ ...common, ...handout, remoteAddress }));
    await api.accesses.record(accesses, request);
  } catch (error) {
    api.logError(error as Error);
    throw new ProblemError(
      'unavailable',
      'This access could not be recorded, and what cannot be recorded is not sent. Try again later.',
    );
  }
}

/** To be asked early by routes that do much before they hand anything out. @throws ProblemError */
export function purposeOf(c: Context<RecordsEnv>, { access }: Pick<RecordsApi, 'access'>): string | undefined {
  const parsed = purposeHeader.safeParse({ 'x-access-purpose': c.req.header('x-access-purpose') });
  if (!parsed.success) {
    throw new ProblemError('bad-request', `X-Access-Purpose: ${parsed.error.issues[0]?.message}.`);
  }
  const purpose = parsed.data['x-access-purpose'];
  if (purpose === undefined && access.purposeRequired) {
    throw new ProblemError(
      'bad-request',
      `X-Access-Purpose: this installation asks why audio and text are read; ${A_PURPOSE}.`,
    );
  }
  return purpose;
}
