import { type RecordingDetail, recordingDetail } from '../../answers.ts';
import type { Command } from '../../command.ts';
import { jsonOption } from '../../flags.ts';
import { formatLength, formatMoment, formatTable } from '../../table.ts';
import { accountIn, accountOption, onlySid } from '../sids.ts';

export const showRecording: Command = {
  name: 'recordings show',
  summary: 'show one recording: decision, objects, transcript, deletion, timeline',
  help: `onrecord recordings show RE… [--account SID] [--json]

  --account SID  of this account alone; needed where two accounts know of the same SID
  --json         everything that is known, as JSON`,
  options: { ...accountOption, ...jsonOption },
  run: async ({ api, print, width }, { values, positionals }) => {
    const sid = onlySid(positionals, ['RE'], 'onrecord recordings show RE…');
    const accountSid = accountIn(values);
    const found = await (await api()).get(`/v1/recordings/${sid}`, recordingDetail, { accountSid });
    print(values.json ? JSON.stringify(found, undefined, 2) : describe(found, width));
  },
};

function describe(found: RecordingDetail, width: number | undefined): string {
  const { decision, transcript } = found;
  const facts: [string, string | undefined][] = [
    ['recording', found.recordingSid],
    ['state', found.state],
    ['call', found.callSid],
    ['conference', found.conferenceSid],
    ['from, to', [found.from, found.to].filter(Boolean).join(' → ') || undefined],
    ['started', formatMoment(found.startedAt) || undefined],
    ['length', formatLength(found.durationSeconds) || undefined],
    [
      'decision',
      decision &&
        `${decision.outcome} (number ${decision.number}, rule ${decision.rule}, policy ${decision.policy.name} v${decision.policy.version})`,
    ],
    ['why', found.reason ?? decision?.reason],
    ...(decision?.releasedBy ?? []).map((remedy): [string, string] => ['released by', remedy]),
    ...(found.purposes ?? []).map((purpose): [string, string] => ['purpose', purpose]),
    ['not shared', found.whyNotShared],
    ['restricted', found.restriction],
    ['Twilio’s copy', found.whyTwilioCopy],
    ['stored in', found.archive?.store],
    ...(found.archive?.warnings ?? []).map(({ text }): [string, string] => ['warning', text]),
    [
      'transcript',
      transcript &&
        `${transcript.turns} turns, ${transcript.words} words by ${transcript.provider}${transcript.simulated ? ' (simulated: the words are invented)' : ''}${found.state === 'deleted' ? '; deleted' : ''}`,
    ],
    // Said once, where it is why there is nothing else either.
    ['no transcript', found.whyNoTranscript === found.decision?.reason ? undefined : found.whyNoTranscript],
    ...found.failures.map((failure): [string, string] => [
      `${failure.step} failed`,
      `${failure.stage}: ${failure.reason}`,
    ]),
    ...(found.holds ?? []).map(({ holdId, matter }): [string, string] => ['held by', `${holdId} for ${matter}`]),
    ['deletion', describeDeletion(found.deletion)],
  ];
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
  const parts = [known.map(([name, value]) => `${name.padEnd(17)} ${value}`).join('\n')];
  if (found.objects.length > 0) {
    const isGone = found.state === 'deleted';
    const rows = found.objects.map(({ key, bytes, sha256, deletedAt }) => [
      ...[String(bytes), sha256],
      deletedAt === undefined || isGone ? key : `${key} (deleted ${formatMoment(deletedAt)})`,
    ]);
    parts.push(formatTable(['BYTES', 'SHA-256', isGone ? 'OBJECT (deleted)' : 'OBJECT'], rows));
  }
  const events = found.timeline.map(({ at, what, detail }) => [formatMoment(at), what, detail ?? '']);
  parts.push(formatTable(['TIME', 'WHAT', 'DETAIL'], events, width));
  return parts.join('\n\n');
}

function describeDeletion(deletion: RecordingDetail['deletion']): string | undefined {
  if (deletion === undefined) return undefined;
  const { status, cause, objects, twilio } = deletion;
  if (status === 'planned') return `planned for ${formatMoment(deletion.deleteAfter)} (${cause})`;
  if (status === 'done') return `done at ${formatMoment(deletion.completedAt)} (${cause})`;
  const failures = [objects?.failure && `objects: ${objects.failure}`, twilio?.failure && `Twilio: ${twilio.failure}`];
  const next = deletion.nextAttemptAt ? `; next attempt at ${formatMoment(deletion.nextAttemptAt)}` : '';
  return `${status} (${cause}), ${deletion.attempts ?? 0} attempt(s)${next}; ${failures.filter(Boolean).join('; ') || 'no failure'}`;
}
