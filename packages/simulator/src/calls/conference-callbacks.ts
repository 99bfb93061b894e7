import type { ConferenceScript } from '../call-script.ts';
import { rfc2822 } from '../twilio/rfc2822.ts';
import type { CallContext } from './engine.ts';

type Pair = readonly [string, string];

export interface Conference {
  sid: string;
  friendlyName: ConferenceScript['friendlyName'];
}

/**
 * Tells what happens in a conference, numbered from 1 as Twilio does.
 * Source: Twilio "TwiML Voice: Conference", "statusCallbackEvent"; the order of the parameters is that of real requests.
 */
export function createConferenceCallbacks({ engine, clock, requests }: CallContext, conference: Conference) {
  let sequenceNumber = 0;
  const target = { url: engine.applicationUrl('/webhooks/conference'), method: 'POST' } as const;

  const tell = async (event: string, participant: readonly Pair[], details: readonly Pair[]): Promise<void> => {
    sequenceNumber += 1;
    await requests.tell('conference', target, [
      ...participant,
      ['FriendlyName', conference.friendlyName],
      ['SequenceNumber', String(sequenceNumber)],
      ['ConferenceSid', conference.sid],
      ['StatusCallbackEvent', event],
      ['Timestamp', rfc2822(clock.now())],
      ['AccountSid', engine.accountSid],
      ...details,
    ]);
  };

  const participant = (callSid: string): Pair[] => [
    ['CallSid', callSid],
    ['Muted', 'false'],
    ['Hold', 'false'],
    ['Coaching', 'false'],
    ['EndConferenceOnExit', 'false'],
    ['StartConferenceOnEnter', 'true'],
  ];

  return {
    joined: (callSid: string) => tell('participant-join', participant(callSid), []),
    started: () => tell('conference-start', [], []),
    left: (callSid: string) =>
      tell('participant-leave', participant(callSid), [
        ['ReasonParticipantLeft', 'participant_hung_up'],
        ['ParticipantCallStatus', 'completed'],
      ]),
    ended: (lastCallSid: string) =>
      tell(
        'conference-end',
        [],
        [
          ['CallSidEndingConference', lastCallSid],
          ['ReasonConferenceEnded', 'last-participant-left'],
        ],
      ),
  };
}
