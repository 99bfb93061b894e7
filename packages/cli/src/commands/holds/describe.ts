import { formatMoment, formatTable } from '../../table.ts';
import type { BegunItem, Hold, HoldInForce } from './answers.ts';

/** `CA… until 2026-03-01 10:00:00Z` */
export function describeSelector({ selector }: Hold): string {
  const { recordingSid, callSid, number, party, wholeAccount, from, until } = selector;
  const parts = [
    wholeAccount && 'everything of the account',
    ...[recordingSid, callSid, number ?? party],
    from && `from ${formatMoment(from)}`,
    until && `until ${formatMoment(until)}`,
  ];
  return parts.filter(Boolean).join(' ');
}

export function holdTable(holds: readonly Hold[], width: number | undefined): string {
  const rows = holds.map((each) => [
    ...[each.holdId, each.status, formatMoment(each.placed.at), each.matterId, describeSelector(each)],
  ]);
  return formatTable(['HOLD', 'STATUS', 'PLACED', 'MATTER', 'COVERS'], rows, width);
}

/** How far it has come, who keeps it, and what was gone when it came. */
export function describeForce(found: HoldInForce, width: number | undefined): string {
  const { coverage, enforcement, enforcementReason, begunBefore } = found;
  const { confirmed, pending, failing } = coverage.locks;
  const keeper =
    enforcement === 'object-lock'
      ? `The store keeps them by Object Lock: ${confirmed} locked, ${pending} to come, ${failing} failing.`
      : `Onrecord alone refuses to delete them (${enforcementReason}): whoever has the keys of the store still can.`;
  const going = coverage.isComplete ? '' : ', and what is known is still gone through';
  const parts = [`It covers ${coverage.recordings} recording(s)${going}; what comes later as well.`, keeper];
  const { calls } = begunBefore;
  if (calls.gone + calls.unsettled > 0 || !calls.isComplete) {
    const more = calls.isComplete ? '' : ', or more';
    parts.push(
      `Of its calls ${calls.gone} of Twilio’s records were gone already, by an erasure${more}; of ${calls.unsettled} it is not known yet.`,
    );
  }
  if (begunBefore.recordings === 0) return [...parts, 'Nothing of them had begun to be deleted.'].join('\n');
  const { recordings, objectsGone, twilioGone, unsettled } = begunBefore;
  const open = unsettled === 0 ? '' : `; of ${unsettled} it is not known yet whether what was on its way went`;
  parts.push(
    `The deletion of ${recordings} had begun: ${objectsGone} object(s) and ${twilioGone} of Twilio’s copies were gone already${open}.`,
  );
  const rows = begunBefore.items.flatMap(goneRows);
  return `${parts.join('\n')}\n\n${formatTable(['RECORDING', 'KEPT', 'TWILIO', 'ALREADY GONE'], rows, width)}`;
}

/** A line for each object that was gone, and one where none was. */
function goneRows({ recordingSid, found }: BegunItem): string[][] {
  if (found === undefined) return [[recordingSid, '', '', 'not looked at yet']];
  const none = found.status === 'settled' ? 'nothing' : 'nothing that is known of';
  const gone = found.gone.length === 0 ? [none] : found.gone.map(({ key }) => key);
  return gone.map((key) => [recordingSid, found.kept === undefined ? '' : String(found.kept), found.twilio, key]);
}
