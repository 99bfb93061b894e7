import type { Command } from '../../command.ts';
import { jsonOption } from '../../flags.ts';
import { formatMoment, formatTable } from '../../table.ts';
import { accountIn, accountOption } from '../sids.ts';
import { type DeletionDetail, deletionDetail, failuresOf, onlyDeletion } from './answers.ts';

export const showDeletion: Command = {
  name: 'deletions show',
  summary: 'show one deletion: each place, each object version, what was seen of residues',
  help: `onrecord deletions show RE….1 [--account SID] [--json]

  --account SID  of this account alone; needed where two accounts know of the same SID
  --json         everything that is known, as JSON`,
  options: { ...accountOption, ...jsonOption },
  run: async ({ api, print, width }, { values, positionals }) => {
    const id = onlyDeletion(positionals, 'onrecord deletions show RE….1');
    const found = await (await api()).get(`/v1/deletions/${id}`, deletionDetail, { accountSid: accountIn(values) });
    print(values.json ? JSON.stringify(found, undefined, 2) : describe(found, width));
  },
};

function describe(found: DeletionDetail, width: number | undefined): string {
  const { objects, twilio } = found;
  const facts: [string, string | undefined][] = [
    ['deletion', found.deletionId],
    ['status', found.status],
    ['what', found.data.join(', ')],
    ['cause', found.cause],
    ['by policy', policyOf(found)],
    ['erasure', found.erasureId],
    ['requested by', requesterOf(found)],
    ['begun', formatMoment(found.startedAt)],
    ['attempts', String(found.attempts)],
    ['next attempt', formatMoment(found.nextAttemptAt) || undefined],
    ['not yet', failuresOf(found) || undefined],
    ['objects', `${objects.deleted} deleted${confirmed(objects.confirmedAt)}`],
    ['Twilio', twilio.outcome && `${twilio.outcome}${confirmed(twilio.confirmedAt)}`],
    ['Twilio shows', twilio.metadataUntil && `metadata until ${formatMoment(twilio.metadataUntil)}`],
    ['completed', formatMoment(found.completedAt) || undefined],
    ['certificate', found.isCertified ? `onrecord deletions certificate ${found.deletionId}` : undefined],
  ];
  const known = facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(13)} ${value}`]));
  const parts = [known.join('\n')];
  if (found.deleted.length > 0) {
    const rows = found.deleted.map(({ key, versionId }) => [key, versionId ?? '']);
    parts.push(formatTable(['DELETED', 'VERSION'], rows));
  }
  if (found.residueChecks.length > 0) {
    const rows = found.residueChecks.map(({ checkedAt, residue, outcome }) => [
      formatMoment(checkedAt),
      residue,
      outcome,
    ]);
    parts.push(formatTable(['LOOKED AT', 'RESIDUE', 'OUTCOME'], rows, width));
  }
  return parts.join('\n\n');
}

const policyOf = ({ policy }: DeletionDetail) =>
  policy && `${policy.name} v${policy.version}${policy.rule === undefined ? '' : `, rule ${policy.rule}`}`;

const requesterOf = ({ requestedBy: by }: DeletionDetail) =>
  by && (by.method === undefined ? `${by.kind} ${by.id}` : `${by.kind} by ${by.method} in ${by.id}`);

const confirmed = (at: string | undefined) => (at === undefined ? '' : `, confirmed at ${formatMoment(at)}`);
