import type { Edge } from './edge.ts';
import { RefusedError } from './refused-error.ts';

export const twiml = (text: string) => new Response(text, { headers: { 'content-type': 'text/xml; charset=utf-8' } });

/** @throws RefusedError when the consent prompt is turned off */
export function requireDialTo({ dialTo }: Pick<Edge, 'dialTo'>): string {
  if (dialTo !== undefined) return dialTo;
  throw new RefusedError(404, 'the consent prompt is turned off: set VOICE_DIAL_TO to whom callers are connected to');
}
