import type { OnrecordEvent } from '@onrecord/shared/events';
import { maskNumber } from '@onrecord/shared/telemetry/logger';

const short = (sid: string) => `${sid.slice(0, 8)}…`;
const about = (data: { recordingSid: string }) => short(data.recordingSid);
const megabytes = (bytes: number) => (bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** One line for people about an event, or `undefined` where it would say nothing new. */
export function narrate(event: OnrecordEvent): string | undefined {
  switch (event.type) {
    case 'onrecord.call.status-changed.v1': {
      const { callSid, parentCallSid, status, from, to } = event.data;
      if (parentCallSid !== undefined) return undefined;
      return line('call', short(callSid), `${status}${from && to ? `  ${maskNumber(from)} → ${maskNumber(to)}` : ''}`);
    }
    case 'onrecord.conference.participant-joined.v1':
      return line('call', short(event.data.callSid), `joined conference ${short(event.data.conferenceSid)}`);
    case 'onrecord.consent.recorded.v1': {
      const { callSid, conferenceSid, party, outcome, method } = event.data;
      return line('consent', short(callSid ?? conferenceSid ?? ''), `${outcome} by ${party} (${method})`);
    }
    case 'onrecord.recording.reported.v1':
      return line('recording', about(event.data), `${event.data.status} at Twilio`);
    case 'onrecord.recording.cleared.v1':
      return line(
        'decision',
        about(event.data),
        `CLEARED to ${event.data.purposes.join(' and ')}: ${event.data.reason}`,
      );
    case 'onrecord.recording.withheld.v1':
      return line('decision', about(event.data), `WITHHELD: ${event.data.reason}`);
    case 'onrecord.recording.refused.v1':
      return line('decision', about(event.data), `REFUSED: ${event.data.reason}`);
    case 'onrecord.recording.archived.v1': {
      const { media, channels, durationSeconds } = event.data;
      const size = `${megabytes(media.bytes)}, ${durationSeconds.toFixed(1)} s, ${channels} channel${channels === 1 ? '' : 's'}`;
      return line('archived', about(event.data), `${size}, SHA-256 ${media.sha256.slice(0, 16)}…`);
    }
    case 'onrecord.transcript.completed.v1': {
      const { turns, words, simulated, provider } = event.data;
      const label = simulated ? 'SIMULATED transcript' : `transcript by ${provider}`;
      return line('transcript', about(event.data), `${label}: ${turns} turns, ${words} words`);
    }
    case 'onrecord.recording.archive-failed.v1':
    case 'onrecord.transcript.failed.v1':
      return line(
        'FAILED',
        about(event.data),
        `${event.data.stage}: ${event.data.reason} (after ${event.data.attempts} attempts)`,
      );
    case 'onrecord.recording.deleted.v1': {
      const { objects, cause, source } = event.data;
      const twilio = source.outcome === 'deleted' ? 'deleted at Twilio' : 'already gone at Twilio';
      return line('deleted', about(event.data), `${twilio}, ${objects.length} stored objects deleted (${cause})`);
    }
    default:
      return undefined;
  }
}

const line = (step: string, sid: string, text: string) => `  ${step.padEnd(11)}${sid}  ${text}`;
