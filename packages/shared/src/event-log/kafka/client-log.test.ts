import kafkajs from 'kafkajs';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { clientLog } from './client-log.ts';

const { ERROR, WARN, INFO } = kafkajs.logLevel;

function linesOf(level: number, message: string, extra: Record<string, unknown> = {}) {
  const lines: { level: number; msg: string; reason?: string }[] = [];
  const log = clientLog(pino({ level: 'debug' }, { write: (line) => void lines.push(JSON.parse(line)) }));
  log({ namespace: 'Connection', level, label: '', log: { timestamp: '', message, ...extra } });
  return lines;
}
const DEBUG_LINE = pino().levels.values.debug;
const WARN_LINE = pino().levels.values.warn;

it.each([
  [ERROR, 'Response GroupCoordinator(key: 10, version: 2)', { error: 'The coordinator is loading' }],
  [ERROR, 'Response Heartbeat(key: 12, version: 3)', { error: 'The group is rebalancing, so a rejoin is needed' }],
  [ERROR, 'Connection error: connect ECONNREFUSED 127.0.0.1:9092', {}],
  [WARN, 'Limiting retries for the idempotent producer may invalidate EoS guarantees', {}],
  [INFO, 'Consumer has joined the group', {}],
])('keeps what is dealt with out of sight: %i %s', (level, message, extra) => {
  expect(linesOf(level, message, extra)).toMatchObject([{ level: DEBUG_LINE, msg: message }]);
});

it('shows what is not', () => {
  const lines = linesOf(ERROR, 'Offset out of range, resetting to default offset', { error: new Error('because') });
  expect(lines).toMatchObject([{ level: WARN_LINE, reason: 'because', component: 'kafkajs Connection' }]);
});
