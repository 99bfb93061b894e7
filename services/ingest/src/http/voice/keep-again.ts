import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';

/** Seconds until what could not be kept is tried again, and how often. The caller hears nothing meanwhile. */
const KEEP_AGAIN = { seconds: 2, timesMax: 2 };

/** What a `<Gather>` and a `<Dial>` tell their action alone: a redirect has to carry it along. */
const CARRIED = ['Digits', 'SpeechResult', 'Confidence', 'DialCallStatus', 'DialCallSid', 'DialCallDuration'] as const;
/** A minute of speech, the most that is listened to, is shorter. */
const CARRIED_CHARACTERS_MAX = 1_500;

type Fields = Readonly<Record<string, string>>;

/** The parameters with those that an earlier request had, where this one was sent in its place. */
export const withCarried = (parameters: Fields, query: Fields): Fields => {
  const carried = CARRIED.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]] as const]));
  return { ...parameters, ...Object.fromEntries(carried) };
};

/** Sends the same request again, or undefined when that was done often enough. */
export function keepAgain(baseUrl: string, path: string, parameters: Fields, query: Fields): string | undefined {
  const times = Number(query.times ?? 0);
  if (!(times < KEEP_AGAIN.timesMax)) return undefined;
  const response = new VoiceResponse();
  response.pause({ length: KEEP_AGAIN.seconds });
  const carried = CARRIED.flatMap((name) => {
    const value = parameters[name];
    return value === undefined ? [] : [[name, value.slice(0, CARRIED_CHARACTERS_MAX)] as const];
  });
  const again = new URLSearchParams({ ...query, ...Object.fromEntries(carried), times: String(times + 1) });
  response.redirect({ method: 'POST' }, `${baseUrl}${path}?${again}`);
  return response.toString();
}
