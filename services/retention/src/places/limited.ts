import type { DeletionLimits } from '../deletions/deletion-settings.ts';
import { limitRate } from '../deletions/limit-rate.ts';
import type { ObjectPlace } from './objects.ts';
import type { SourcePlace } from './twilio.ts';
import type { CallPlace } from './twilio-calls.ts';

/** The same places, asked no faster than the limits: the store by all, Twilio by each account. */
export function limitedPlaces<Objects extends ObjectPlace>(
  { objects, source }: { objects: Objects; source: SourcePlace & CallPlace },
  limits: Pick<DeletionLimits, 'store' | 'twilio'>,
): { objects: Objects; source: SourcePlace & CallPlace } {
  const inStore = limitRate(limits.store);
  const accounts = new Map<string, ReturnType<typeof limitRate>>();
  const atTwilio = (accountSid: string) => {
    const known = accounts.get(accountSid) ?? limitRate(limits.twilio);
    accounts.set(accountSid, known);
    return known;
  };
  return {
    objects: {
      ...objects,
      head: (key: string) => inStore(() => objects.head(key)),
      deleteAllVersions: (...args: Parameters<ObjectPlace['deleteAllVersions']>) =>
        inStore(() => objects.deleteAllVersions(...args)),
    },
    source: {
      deleteAndConfirm: (key, ...rest) => atTwilio(key.accountSid)(() => source.deleteAndConfirm(key, ...rest)),
      look: (key) => atTwilio(key.accountSid)(() => source.look(key)),
      deleteCall: (name, before) => atTwilio(name.accountSid)(() => source.deleteCall(name, before)),
    },
  };
}
