import type { OnrecordEvent } from '@onrecord/shared/events';
import { isUnhappy } from '@onrecord/shared/events/call-statuses';
import { maskNumber } from '@onrecord/shared/telemetry/logger';
import { block, line } from './layout.ts';

const megabytes = (bytes: number) => (bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** What people are told about an event, or `undefined` where it would say nothing new. `onrecord` is how the command line is run. */
export function narrate(event: OnrecordEvent, onrecord: string): string | undefined {
  switch (event.type) {
    case 'onrecord.call.status-changed.v1': {
      const { callSid, parentCallSid, status, from, to } = event.data;
      if (parentCallSid !== undefined) return undefined;
      const told = line('call', callSid, `${status}${from && to ? `  ${maskNumber(from)} → ${maskNumber(to)}` : ''}`);
      // What is shown elsewhere is the beginning of a SID, which no command takes.
      return isUnhappy(status) ? `${told}\n${block(`why: ${onrecord} diagnosis ${callSid}`)}` : told;
    }
    case 'onrecord.conference.participant-joined.v1':
      return line('call', event.data.callSid, `joined conference ${event.data.conferenceSid}`);
    case 'onrecord.consent.recorded.v1': {
      const { callSid, conferenceSid, party, outcome, method } = event.data;
      return line('consent', callSid ?? conferenceSid ?? '', `${outcome} by ${party} (${method})`);
    }
    case 'onrecord.recording.reported.v1':
      return line('recording', event.data.recordingSid, `${event.data.status} at Twilio`);
    case 'onrecord.recording.cleared.v1':
      return line(
        'decision',
        event.data.recordingSid,
        `CLEARED to ${event.data.purposes.join(' and ')}: ${event.data.reason}`,
      );
    case 'onrecord.recording.withheld.v1':
      return line('decision', event.data.recordingSid, `WITHHELD: ${event.data.reason}`);
    case 'onrecord.recording.refused.v1':
      return line('decision', event.data.recordingSid, `REFUSED: ${event.data.reason}`);
    case 'onrecord.recording.archived.v1': {
      const { media, channels, durationSeconds } = event.data;
      const size = `${megabytes(media.bytes)}, ${durationSeconds.toFixed(1)} s, ${channels} channel${channels === 1 ? '' : 's'}`;
      return line('archived', event.data.recordingSid, `${size}, SHA-256 ${media.sha256.slice(0, 16)}…`);
    }
    case 'onrecord.transcript.completed.v1': {
      const { turns, words, simulated, provider } = event.data;
      const label = simulated ? 'SIMULATED transcript' : `transcript by ${provider}`;
      return line('transcript', event.data.recordingSid, `${label}: ${turns} turns, ${words} words`);
    }
    case 'onrecord.recording.archive-failed.v1':
    case 'onrecord.transcript.failed.v1':
      return line(
        'FAILED',
        event.data.recordingSid,
        `${event.data.stage}: ${event.data.reason} (after ${event.data.attempts} attempts)`,
      );
    case 'onrecord.recording.deleted.v1': {
      const { objects, cause, source } = event.data;
      const twilio = source.outcome === 'deleted' ? 'deleted at Twilio' : 'already gone at Twilio';
      return line('deleted', event.data.recordingSid, `${twilio}, ${objects.length} stored objects deleted (${cause})`);
    }
    default:
      return undefined;
  }
}
