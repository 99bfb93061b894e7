import fc from 'fast-check';
import { HonoRequest } from 'hono/request';
import { expect, test } from 'vitest';
import { ParameterError, type Parameters } from '../domain/parameters.ts';
import { readCallStatus } from '../domain/read-call-status.ts';
import { readConsent } from '../domain/read-consent.ts';
import { readDebuggerAlert } from '../domain/read-debugger-alert.ts';
import { readParticipant } from '../domain/read-participant.ts';
import { readRecording } from '../domain/read-recording.ts';
import { builtInVoiceFile } from '../domain/voice/built-in-file.ts';
import { hearConsent } from '../domain/voice/hear.ts';
import { ACCOUNT, RECORDING } from '../testing/signed-request.ts';
import { readEvents } from './read-events.ts';
import { readRequest } from './read-request.ts';
import { RefusedError } from './refused-error.ts';
import { heardIn } from './voice/heard.ts';

const LIMITS = { bodyBytesMax: 2_000, fieldsMax: 20, fieldCharactersMax: 200 };
const VOICE = builtInVoiceFile('+14155550142');
const NOW = '2026-11-21T10:00:00.000Z';

const READERS: readonly ((parameters: Parameters) => unknown)[] = [
  (parameters) => readRecording(parameters, ACCOUNT),
  (parameters) => readCallStatus(parameters, ACCOUNT, NOW),
  (parameters) => readParticipant(parameters, ACCOUNT, NOW),
  (parameters) => {
    const heard = hearConsent(VOICE.consent, 'en', heardIn(parameters));
    return readConsent(parameters, ACCOUNT, NOW, { version: 'v', language: 'en-US', visit: parameters.visit }, heard);
  },
  (parameters) => readDebuggerAlert(parameters, ACCOUNT, NOW),
];

const names = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...Object.keys(RECORDING),
    'CallStatus',
    'Level',
    'Payload',
    'Sid',
    'visit',
    '__proto__',
    'constructor',
    'a[]',
  ),
);
const values = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...Object.values(RECORDING), '\0', '\ud800', 'NaN'),
);
const fields = fc.array(fc.tuple(names, values), { maxLength: 25 });
const form = fields.map((pairs) => new URLSearchParams([...Object.entries(RECORDING), ...pairs]).toString());
const bodies = fc.oneof(
  form,
  form,
  fc.json(),
  fields.map((pairs) => JSON.stringify(Object.fromEntries(pairs))),
  fc.string(),
  fc.uint8Array(),
);
const types = fc.oneof(
  fc.constantFrom(
    'application/x-www-form-urlencoded',
    'application/json',
    'application/json; charset=utf-8',
    'text/xml',
    '',
  ),
  // What may stand in a header at all.
  fc.stringMatching(/^[!-~]{0,40}$/),
);
const queries = fc.oneof(
  form,
  fc.stringMatching(/^[!-~]{0,60}$/).map((text) => text.replaceAll('#', '')),
);

const isAnswered = (error: unknown) => error instanceof RefusedError || error instanceof ParameterError;

test('whatever is sent, it becomes parameters that can be kept, or is refused with a reason', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'HEAD'),
      queries,
      types,
      bodies,
      async (method, query, type, body) => {
        const init = {
          method,
          headers: { 'content-type': type },
          body: method === 'POST' ? (body as RequestInit['body']) : null,
        };
        const request = () => new HonoRequest(new Request(`http://internal/webhooks/recording?${query}`, init));
        await readEvents(request(), LIMITS.bodyBytesMax)
          .then(({ events }) => events())
          .catch((error) => expect(isAnswered(error), String(error)).toBe(true));
        const received = await readRequest(request(), LIMITS).catch((error) => {
          expect(isAnswered(error), String(error)).toBe(true);
        });
        if (received === undefined) return;
        for (const text of Object.entries(received.parameters).flat()) {
          expect(text).not.toContain('\0');
          expect(text.isWellFormed()).toBe(true);
        }
        for (const read of READERS) {
          try {
            read(received.parameters);
          } catch (error) {
            expect(isAnswered(error), String(error)).toBe(true);
          }
        }
      },
    ),
    { numRuns: 500 },
  );
});
