import type { Callback } from '../acceptance.ts';
import { ParameterError } from '../domain/parameters.ts';
import { recordConsent } from '../record-consent.ts';
import { answer } from './answer.ts';
import type { Route } from './callback-route.ts';
import { connect, keepAgain, PROMPT } from './consent-prompt.ts';
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
      const { digits = callback.parameters.Digits ?? '', times = '0', visit } = c.req.query();
      const parameters = { ...callback.parameters, Digits: digits };
      const outcome = await keep({ ...callback, parameters }, visit, edge);
      // The same answer that is tried to be kept again was counted.
      if (times === '0') edge.metrics.gathered('consent', digits === '' ? 'empty' : 'answered');
      const unkept = { digits, visit, times: Number(times) };
      const again = outcome === 'not-kept' ? keepAgain(callback.publicBaseUrl, unkept) : undefined;
      return twiml(again ?? connect(callback.publicBaseUrl, dialTo, outcome === 'granted'));
    }),
  );
};

/**
 * A caller must not lose the call because the event log is away; but a consent that nobody can prove is none, so the call goes on
 * unrecorded when the answer cannot be kept after a few seconds either.
 */
async function keep(
  callback: Callback,
  visit: string | undefined,
  edge: Edge,
): Promise<'granted' | 'refused' | 'none' | 'not-kept'> {
  try {
    return await recordConsent(callback, edge, { ...PROMPT, visit });
  } catch (error) {
    if (error instanceof ParameterError) throw error;
    edge.logger.error({ callSid: callback.parameters.CallSid, err: error }, 'the answer of a caller could not be kept');
    return 'not-kept';
  }
}
