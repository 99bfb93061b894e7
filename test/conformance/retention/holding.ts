import { randomUUID } from 'node:crypto';
import type { Hold } from '@onrecord/retention/domain/hold';
import { createHolds, type HoldDeps, type Holds } from '@onrecord/retention/holds/holds';
import type { Deletions } from './deletions.ts';
import { ACCOUNT } from './facts.ts';
import { pseudonyms } from './ledger.ts';

export const lawyer = { kind: 'person', id: 'lawyer' } as const;
export const officer = { kind: 'person', id: 'officer' } as const;

/** Matters and holds as the service has them, over the ledger, the store and the Twilio of `site`. */
export const holdsOver = (site: Deletions, fields: Partial<HoldDeps> = {}): Holds =>
  createHolds({
    pool: site.test.application,
    ledger: site.test.ledger,
    objects: site.store,
    source: site.source(),
    clock: site.test.clock,
    pseudonyms,
    releaseNeedsSecondPerson: false,
    newId: () => randomUUID().replaceAll('-', ''),
    onPublish: () => undefined,
    onDue: () => undefined,
    ...fields,
  });

type Selector = Parameters<Holds['place']>[1]['selector'];

/** Places holds for a matter of its own. */
export async function matterOver(holds: Holds) {
  const { matterId } = await holds.openMatter(ACCOUNT, 'Smith v. Jones', lawyer);
  return {
    matterId,
    hold: (selector: Selector) => holds.place(ACCOUNT, { matterId, selector }, lawyer),
    release: (holdId: string) => holds.requestRelease(ACCOUNT, holdId, 'settled', lawyer),
    /** What the hold's answer says of each recording whose deletion had begun. */
    begunBefore: (holdId: string) => holds.covered(ACCOUNT, holdId, { after: '', limit: 1_000, begunOnly: true }),
    callsBegun: (hold: Hold) => holds.callsBegun(ACCOUNT, hold),
    covered: async (holdId: string) =>
      (await holds.covered(ACCOUNT, holdId, { after: '', limit: 1_000, begunOnly: false })).map(
        ({ recordingSid }) => recordingSid,
      ),
  };
}
