import type { z } from 'zod';
import type { callScript } from '../call-script.ts';
import type { Engine } from './engine.ts';
import { placeConference } from './place-conference.ts';
import { placeInboundCall } from './place-inbound-call.ts';
import { placeOutboundCall } from './place-unanswered-call.ts';
import type { PlacedCall } from './placed-call.ts';

export function placeCall(engine: Engine, script: z.output<typeof callScript>): Promise<PlacedCall> {
  switch (script.kind) {
    case 'inbound-call':
      return placeInboundCall(engine, script);
    case 'outbound-call':
      return placeOutboundCall(engine, script);
    case 'conference':
      return placeConference(engine, script);
  }
}
