import type { ConferenceScript } from '../call-script.ts';
import { newSid } from '../sids.ts';
import type { CallState, ConferenceState } from '../twilio/account-state.ts';
import { createConferenceCallbacks } from './conference-callbacks.ts';
import { hearConsentPrompt } from './consent-prompt.ts';
import { type CallContext, createCallContext, type Engine, speakConversation } from './engine.ts';
import { createLegCallbacks } from './leg-callbacks.ts';
import { changeLeg, createLeg } from './legs.ts';
import { numberCallbacks } from './number-callbacks.ts';
import type { PlacedCall } from './placed-call.ts';
import { ALL_RECORDING_EVENTS, finishRecording, type RecordingOrder, startRecording } from './recording.ts';
import { TIMING } from './timing.ts';

/** Several people call a number, are asked for consent one by one, and meet in a conference of the user's own application. */
export async function placeConference(engine: Engine, script: ConferenceScript): Promise<PlacedCall> {
  const speakers = script.participants.map(({ name, voice }) => ({ name, voice, channel: 0 }));
  const conversation = await speakConversation(engine.speech, speakers, script.utterances);
  const { callbacks, participants } = script;
  const context = createCallContext(engine, callbacks, conversation.durationMs, participants.length);
  const conference = { sid: newSid('CF'), friendlyName: script.friendlyName };
  const tell = createConferenceCallbacks(context, conference);
  const keep = keepConference(context, conference);
  const joined: CallState[] = [];
  for (const participant of script.participants) {
    joined.push(await join(context, participant, script.to));
    await keep('in-progress');
    await tell.joined(joined.at(-1)?.sid ?? '');
    if (joined.length === 2) await tell.started();
  }
  const order = script.recording === 'always' ? conferenceRecording(engine) : undefined;
  const recording = order && (await startRecording(context, order, { conferenceSid: conference.sid }));
  const startedMs = context.clock.elapsedMs();
  await context.clock.pass(conversation.durationMs);
  for (const leg of joined) {
    const ended = await changeLeg(context, leg, 'completed');
    await tell.left(leg.sid);
    await createLegCallbacks(context, numberCallbacks(engine))('completed', ended);
  }
  await keep('completed');
  await tell.ended(joined.at(-1)?.sid ?? '');
  if (recording) await finishRecording(context, recording, { ...conversation, startedMs });
  await context.requests.flush();
  return {
    callSid: joined[0]?.sid ?? '',
    callSids: joined.map(({ sid }) => sid),
    conferenceSid: conference.sid,
    ...(recording ? { recordingSid: recording.recording.sid } : {}),
    deliveries: context.requests.deliveries,
    problems: context.problems,
  };
}

/** It began when somebody first joined it. */
function keepConference({ engine, clock }: CallContext, conference: Pick<ConferenceState, 'sid' | 'friendlyName'>) {
  let dateCreated: string | undefined;
  return async (status: ConferenceState['status']) => {
    const dateUpdated = clock.now().toISOString();
    dateCreated ??= dateUpdated;
    const { accountSid, state } = engine;
    await state.saveConference({ ...conference, accountSid, status, dateCreated, dateUpdated });
  };
}

async function join(
  context: CallContext,
  { from, consent }: ConferenceScript['participants'][number],
  to: string,
): Promise<CallState> {
  const ringing = await createLeg(context, { from, to, direction: 'inbound', status: 'ringing' });
  const leg = await hearConsentPrompt(context, ringing, consent);
  await context.clock.pass(TIMING.joinMs);
  return leg;
}

/** Conferences are recorded on one channel. */
const conferenceRecording = (engine: Engine): RecordingOrder => ({
  source: 'Conference',
  channels: 1,
  trim: 'do-not-trim',
  callback: {
    target: { url: engine.applicationUrl('/webhooks/recording'), method: 'POST' },
    events: ALL_RECORDING_EVENTS,
  },
});
