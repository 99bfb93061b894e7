import { z } from 'zod';
import type { Answer, OwnedNumber } from '../doctor/domain/facts.ts';
import { type AccountCredentials, authorizationOf } from './accounts.ts';
import { productUrl } from './product-url.ts';

/** A person waits for it. */
const TIMEOUT_MS = 10_000;
/** Twilio's largest page. */
const PAGE_SIZE = 1_000;
/** Of 1000 numbers each. */
const PAGES_MAX = 50;

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const owned = z
  .looseObject({
    phone_number: z.string(),
    voice_url: text,
    voice_method: text,
    voice_fallback_url: text,
    status_callback: text,
    voice_application_sid: text,
    trunk_sid: text,
    capabilities: z.looseObject({ voice: z.boolean().nullish(), sms: z.boolean().nullish() }).nullish(),
  })
  .transform(
    (each): OwnedNumber => ({
      phoneNumber: each.phone_number,
      voiceUrl: each.voice_url,
      voiceMethod: each.voice_method,
      voiceFallbackUrl: each.voice_fallback_url,
      statusCallback: each.status_callback,
      voiceApplicationSid: each.voice_application_sid,
      trunkSid: each.trunk_sid,
      hasVoice: each.capabilities?.voice !== false,
      hasSms: each.capabilities?.sms !== false,
    }),
  );
const callerId = z.looseObject({ phone_number: z.string() }).transform((each) => each.phone_number);
const lookedUp = z.looseObject({
  valid: z.boolean(),
  validation_errors: z.array(z.string()).nullish(),
  line_type_intelligence: z.looseObject({ type: text, carrier_name: text }).nullish(),
  line_status: z.looseObject({ status: text }).nullish(),
});
export type LookedUp = z.output<typeof lookedUp>;

/** What the checks ask of Twilio. Nothing here throws: what went wrong is the answer. */
export function createAccountClient(credentials: AccountCredentials) {
  const { apiUrl, accountSid } = credentials;
  const base = apiUrl.replace(/\/+$/, '');
  const home = `/2010-04-01/Accounts/${accountSid}`;
  const byToken = authorizationOf({ ...credentials, apiKey: undefined });
  const byKey = authorizationOf(credentials);
  const list = async <T>(name: string, key: string, item: z.ZodType<T>): Promise<Answer<T[]>> => {
    const page = z.looseObject({ next_page_uri: z.string().nullish(), [key]: z.array(item) });
    const items: T[] = [];
    let path = `${home}/${name}.json?PageSize=${PAGE_SIZE}`;
    for (let pages = 0; pages < PAGES_MAX; pages += 1) {
      const answer = await getJson(base + path, byKey, page);
      if (answer.kind !== 'answered') return answer;
      items.push(...(answer.body[key] as T[]));
      const next = answer.body.next_page_uri as string | null | undefined;
      // Only a path of this account is followed, on the configured host.
      if (!next?.startsWith(`${home}/`)) return { ...answer, body: items };
      path = next;
    }
    return { kind: 'unreachable', reason: `the list of ${name} does not end` };
  };
  return {
    /** With the auth token: a standard API key may not see the account. */
    account: () => getJson(`${base}${home}.json`, byToken, z.looseObject({ status: z.string() })),
    numbers: () => list('IncomingPhoneNumbers', 'incoming_phone_numbers', owned),
    callerIds: () => list('OutgoingCallerIds', 'outgoing_caller_ids', callerId),
    trunkRecording: (sid: string) =>
      getJson(
        `${productUrl(apiUrl, 'trunking')}/v1/Trunks/${sid}/Recording`,
        byKey,
        z.looseObject({ mode: z.string() }),
      ),
    lookUp: (number: string, fields: readonly string[]) => {
      const query = fields.length === 0 ? '' : `?Fields=${fields.join(',')}`;
      return getJson(
        `${productUrl(apiUrl, 'lookups')}/v2/PhoneNumbers/${encodeURIComponent(number)}${query}`,
        byKey,
        lookedUp,
      );
    },
  };
}
export type AccountClient = ReturnType<typeof createAccountClient>;

async function getJson<T>(url: string, authorization: string, schema: z.ZodType<T>): Promise<Answer<T>> {
  try {
    const response = await fetch(url, {
      headers: { authorization, accept: 'application/json' },
      // Credentials stay with the host that was configured.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const date = response.headers.get('date') ?? undefined;
    if (!response.ok) {
      await response.body?.cancel();
      return { kind: 'refused', status: response.status, date };
    }
    const body = schema.safeParse(await response.json());
    return body.success
      ? { kind: 'answered', body: body.data, date }
      : { kind: 'unreachable', reason: 'an answer that is not Twilio’s' };
  } catch (error) {
    const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    return { kind: 'unreachable', reason: typeof code === 'string' ? code : message };
  }
}
