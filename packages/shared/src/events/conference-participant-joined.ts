import { z } from 'zod';
import { accountSid, callSid, conferenceSid, defineEvent, instant, TOPICS } from './envelope.ts';

/** A call leg joined a conference: whose consent the conference's recording needs. */
export const conferenceParticipantJoined = defineEvent({
  type: 'onrecord.conference.participant-joined.v1',
  topic: TOPICS.telephony,
  summary: 'A call leg joined a conference, so a recording of that conference needs its consent.',
  schema: z.looseObject({
    accountSid,
    conferenceSid,
    callSid,
    label: z.string().optional(),
    joinedAt: instant,
    parameters: z.record(z.string(), z.string()),
  }),
  key: (data) => data.callSid,
  id: (data) => `conference:${data.conferenceSid}:joined:${data.callSid}`,
});
