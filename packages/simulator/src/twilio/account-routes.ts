import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import type { AccountSetupStore } from './account-setup.ts';
import { notFound } from './errors.ts';
import { pageOf } from './list-page.ts';
import { accountPath } from './resources.ts';
import { rfc2822 } from './rfc2822.ts';

/** When everything of the account was made: lists sort by it, then by SID. */
const MADE_AT = '2026-01-05T09:00:00.000Z';

/** The same number has the same SID in every answer. */
const sidOf = (prefix: string, key: string) =>
  `${prefix}${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;

interface Options {
  accountSid: string;
  setup: AccountSetupStore;
}

/** The account itself. Source: twilio-oai, `api.v2010.account`. */
export function accountResource({ accountSid, setup }: Options) {
  return {
    sid: accountSid,
    friendly_name: 'simulated',
    status: setup.get().status,
    type: 'Full',
    owner_account_sid: accountSid,
    auth_token: null,
    date_created: rfc2822(new Date(MADE_AT)),
    date_updated: rfc2822(new Date(MADE_AT)),
    uri: `${accountPath(accountSid)}.json`,
    subresource_uris: {},
  };
}

/** Numbers, as lists of the account. Source: twilio-oai, `incoming_phone_number` and `outgoing_caller_id`. */
export function numberRoutes(options: Options): Hono {
  const { accountSid, setup } = options;
  const app = new Hono();
  const common = (sid: string, list: string, phoneNumber: string) => ({
    sid,
    account_sid: accountSid,
    friendly_name: phoneNumber,
    phone_number: phoneNumber,
    date_created: rfc2822(new Date(MADE_AT)),
    date_updated: rfc2822(new Date(MADE_AT)),
    uri: `${accountPath(accountSid)}/${list}/${sid}.json`,
  });
  app.get('/IncomingPhoneNumbers.json', (c) => {
    const url = new URL(c.req.url);
    const all = setup.get().phoneNumbers.map((each) => ({
      ...each,
      sid: sidOf('PN', each.phoneNumber),
      dateCreated: MADE_AT,
    }));
    const { items, envelope } = pageOf(
      all.filter(({ phoneNumber }) => isAskedFor(url, phoneNumber)),
      url,
    );
    const incoming_phone_numbers = items.map((each) => ({
      ...common(each.sid, 'IncomingPhoneNumbers', each.phoneNumber),
      voice_url: each.voiceUrl,
      voice_method: each.voiceMethod,
      voice_fallback_url: each.voiceFallbackUrl,
      voice_fallback_method: 'POST',
      voice_application_sid: each.voiceApplicationSid,
      voice_receive_mode: 'voice',
      status_callback: each.statusCallback,
      status_callback_method: each.statusCallbackMethod,
      trunk_sid: each.trunkSid || null,
      capabilities: { voice: each.hasVoice, sms: each.hasSms, mms: false, fax: false },
    }));
    return c.json({ ...envelope, incoming_phone_numbers });
  });
  app.get('/OutgoingCallerIds.json', (c) => {
    const url = new URL(c.req.url);
    const all = setup.get().callerIds.map((phoneNumber) => ({
      phoneNumber,
      sid: sidOf('PN', `caller ${phoneNumber}`),
      dateCreated: MADE_AT,
    }));
    const { items, envelope } = pageOf(
      all.filter(({ phoneNumber }) => isAskedFor(url, phoneNumber)),
      url,
    );
    const outgoing_caller_ids = items.map((each) => common(each.sid, 'OutgoingCallerIds', each.phoneNumber));
    return c.json({ ...envelope, outgoing_caller_ids });
  });
  return app;
}

/** Twilio's filter is partial: the digits anywhere in the number, `*` for any digit. */
function isAskedFor({ searchParams }: URL, phoneNumber: string): boolean {
  const asked = searchParams.get('PhoneNumber');
  if (!asked) return true;
  const digits = asked.replace(/[^\d*]/g, '').replaceAll('*', '\\d');
  return new RegExp(digits).test(phoneNumber);
}

/** How a trunk records. Trunking has a host of its own at Twilio. Source: twilio-oai, `trunking.v1.trunk.recording`. */
export function trunkRoutes({ setup }: Options): Hono {
  const app = new Hono();
  app.get('/Trunks/:sid/Recording', (c) => {
    const mode = setup.get().trunks[c.req.param('sid')];
    if (mode === undefined) throw notFound(c.req.path);
    return c.json({ mode, trim: 'do-not-trim' });
  });
  return app;
}

/** Twilio's Lookup, which has a host of its own there. Source: twilio-oai, `lookups.v2.phone_number`. */
export function lookupRoutes({ setup }: Options): Hono {
  const app = new Hono();
  app.get('/PhoneNumbers/:number', (c) => {
    const number = c.req.param('number');
    const known = setup.get().lookups[number];
    const fields = (c.req.query('Fields') ?? '').split(',');
    return c.json({
      phone_number: number,
      valid: known?.valid ?? true,
      validation_errors: known?.validationErrors ?? [],
      line_type_intelligence: fields.includes('line_type_intelligence')
        ? { type: known?.lineType ?? 'mobile', carrier_name: known?.carrierName ?? null, error_code: null }
        : null,
      line_status: fields.includes('line_status') ? { status: known?.lineStatus ?? 'active', error_code: null } : null,
      url: c.req.url,
    });
  });
  return app;
}
