import type { CallbackOrder, OutboundCallScript } from '../call-script.ts';
import { tellDebugger } from './debugging.ts';
import { createCallContext, type Engine } from './engine.ts';
import { type CallEvent, createLegCallbacks, SIP_RESPONSES } from './leg-callbacks.ts';
import { changeLeg, createLeg } from './legs.ts';
import type { PlacedCall } from './placed-call.ts';
import { TIMING } from './timing.ts';

type DialledOutcome = keyof typeof SIP_RESPONSES;

interface UnansweredCall {
  from: string;
  to: string;
  /** `outbound-api`: the application placed it and asked for every event; `inbound`: the number reports the end alone. */
  direction: 'inbound' | 'outbound-api';
  outcome: DialledOutcome;
  callbacks: CallbackOrder;
  sipResponseCode?: number | undefined;
  alerts?: OutboundCallScript['alerts'];
  eventStreams?: boolean;
}

/** A call that the application places, and that nobody answers or that is never dialled. */
export async function placeOutboundCall(engine: Engine, script: OutboundCallScript): Promise<PlacedCall> {
  const { from, to, outcome } = script;
  const direction = 'outbound-api';
  if (outcome !== 'canceled-in-queue') return placeUnansweredCall(engine, { ...script, outcome, direction });
  const context = createCallContext(engine, script.callbacks, 0);
  const leg = await createLeg(context, { from, to, direction, status: 'queued' });
  await context.clock.pass(TIMING.ringingMs);
  const dateUpdated = context.clock.now().toISOString();
  await engine.state.saveCall({ ...leg, status: 'canceled', duration: 0, dateUpdated });
  return { callSid: leg.sid, callSids: [leg.sid], deliveries: [], problems: [] };
}

/** A call that nobody answers: no TwiML is fetched and nothing is recorded. */
export async function placeUnansweredCall(engine: Engine, call: UnansweredCall): Promise<PlacedCall> {
  const { from, to, direction, outcome } = call;
  const context = createCallContext(engine, call.callbacks, 0);
  const isInbound = direction === 'inbound';
  const events: readonly CallEvent[] = isInbound ? ['completed'] : ['initiated', 'ringing', 'completed'];
  const target = { url: engine.applicationUrl('/webhooks/voice/status'), method: 'POST' } as const;
  const tell = createLegCallbacks(context, { target, events });
  let leg = await createLeg(context, { from, to, direction, status: isInbound ? 'ringing' : 'queued' });
  await tell('initiated', leg);
  await context.clock.pass(TIMING.initiatedMs);
  if (outcome !== 'failed') {
    leg = await changeLeg(context, leg, 'ringing');
    await tell('ringing', leg);
    await context.clock.pass(TIMING.ringingMs);
  }
  leg = await changeLeg(context, leg, outcome);
  await tell('completed', leg, isInbound ? undefined : (call.sipResponseCode ?? SIP_RESPONSES[outcome]));
  await tellDebugger(context, leg, { alerts: call.alerts ?? [], isStreamed: call.eventStreams ?? false });
  await context.requests.flush();
  return { callSid: leg.sid, callSids: [leg.sid], deliveries: context.requests.deliveries, problems: context.problems };
}
