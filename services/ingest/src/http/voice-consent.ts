import type { Callback } from '../acceptance.ts';
import { ParameterError } from '../domain/parameters.ts';
import { recordConsent } from '../record-consent.ts';
import { answer } from './answer.ts';
import type { Route } from './callback-route.ts';
import { connect, PROMPT } from './consent-prompt.ts';
import type { Edge } from './edge.ts';
import { receiveCallback } from './receive-callback.ts';
import { requireDialTo, twiml } from './twiml.ts';

const PATH = '/voice/consent';

/** The answer to the consent prompt: keeps it, then connects the call, recorded only after a yes. */
export const voiceConsent: Route = (app, edge) => {
  app.on(['GET', 'POST'], PATH, (c) =>
    answer(PATH, edge, async () => {
      const dialTo = requireDialTo(edge);
      const callback = await receiveCallback(c, edge);
      return twiml(connect(edge.publicBaseUrl, dialTo, await hasAgreed(callback, edge)));
    }),
  );
};

/**
 * A caller must not lose the call because the event log is away; but a consent that nobody can prove is none, so the call goes on
 * unrecorded.
 */
async function hasAgreed(callback: Callback, edge: Edge): Promise<boolean> {
  try {
    return (await recordConsent(callback, edge, PROMPT)) === 'granted';
  } catch (error) {
    if (error instanceof ParameterError) throw error;
    edge.logger.error(
      { callSid: callback.parameters.CallSid, err: error },
      'a consent could not be kept; the call goes on unrecorded',
    );
    return false;
  }
}
