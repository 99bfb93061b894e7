import type { DeletionLimits } from '../deletion-settings.ts';
import { limitRate } from '../limit-rate.ts';
import type { DeleteContext } from './delete-context.ts';
import type { ObjectPlace } from './objects.ts';
import type { SourcePlace } from './twilio.ts';

/** The same places, asked no faster than the limits: the store by all, Twilio by each account. */
export function limitedPlaces(
  { objects, source }: Pick<DeleteContext, 'objects' | 'source'>,
  limits: Pick<DeletionLimits, 'store' | 'twilio'>,
): { objects: ObjectPlace; source: SourcePlace } {
  const inStore = limitRate(limits.store);
  const accounts = new Map<string, ReturnType<typeof limitRate>>();
  const atTwilio = (accountSid: string) => {
    const known = accounts.get(accountSid) ?? limitRate(limits.twilio);
    accounts.set(accountSid, known);
    return known;
  };
  return {
    objects: {
      uri: objects.uri,
      put: (...args) => objects.put(...args),
      deleteAllVersions: (...args) => inStore(() => objects.deleteAllVersions(...args)),
    },
    source: {
      deleteAndConfirm: (key, ...rest) => atTwilio(key.accountSid)(() => source.deleteAndConfirm(key, ...rest)),
      look: (key) => atTwilio(key.accountSid)(() => source.look(key)),
    },
  };
}
