import { describe, expect, it } from 'vitest';
import { costOf } from './cost.ts';
import { PRICES } from './prices.ts';

const at = new Date('2026-11-21T12:00:00Z');
const cost = (provider: string, host: string, parameters: Record<string, string | boolean>, seconds = 60) =>
  costOf({ host, options: { provider, parameters }, seconds, at });
const deepgram = (parameters: Record<string, string | boolean>, seconds?: number) =>
  cost('deepgram', 'api.deepgram.com', parameters, seconds);

describe('the cost of a transcription', () => {
  it('is the list price of the model, by the second', () => {
    expect(deepgram({ model: 'nova-3' }, 90)).toEqual({
      isKnown: true,
      amount: 0.00645,
      currency: 'USD',
      perMinute: 0.0043,
      inForceFrom: '2026-05-05',
      source: 'https://deepgram.com/pricing',
    });
    expect(cost('openai-compatible', 'api.openai.com', { model: 'whisper-1' })).toMatchObject({ amount: 0.006 });
  });

  it('has the extra charges of what was asked for', () => {
    expect(deepgram({ model: 'nova-3', diarize_model: 'latest' })).toMatchObject({ amount: 0.0063, perMinute: 0.0063 });
    expect(deepgram({ model: 'nova-3', language: 'multi' })).toMatchObject({ perMinute: 0.0052 });
    expect(deepgram({ model: 'nova-3', language: 'de' })).toMatchObject({ perMinute: 0.0043 });
  });

  it.each([
    ['an unknown model', 'deepgram', 'api.deepgram.com', 'nova-9'],
    ['a self-hosted server', 'deepgram', 'speech.example.com', 'nova-3'],
    ['a server of somebody else', 'openai-compatible', 'localhost:8000', 'whisper-1'],
  ])('is unknown, not nothing, for %s', (_, provider, host, model) => {
    const reason = `no price is known of ${model} by ${provider} at ${host}`;
    expect(cost(provider, host, { model })).toEqual({ isKnown: false, reason });
  });

  it('is unknown with an option that is charged for in a way that is not known', () => {
    const reason = 'what deepgram charges for redact, mip_opt_out is not known';
    expect(deepgram({ model: 'nova-3', redact: 'pci', mip_opt_out: true })).toEqual({ isKnown: false, reason });
    expect(deepgram({ model: 'nova-3', mip_opt_out: false })).toMatchObject({ amount: 0.0043 });
  });

  it('is unknown for what was paid before any price is known, and follows the table from day to day', () => {
    const options = { provider: 'deepgram', parameters: { model: 'nova-3' } };
    const billed = { host: 'api.deepgram.com', options, seconds: 60 };
    expect(costOf({ ...billed, at: new Date('2026-05-04T23:59:59Z') })).toMatchObject({ isKnown: false });
    const [, current] = PRICES;
    if (!current) throw new Error('no price');
    const prices = [...PRICES, { ...current, perMinute: 0.004, inForceFrom: '2026-12-01' }];
    expect(costOf({ ...billed, at }, prices)).toMatchObject({ perMinute: 0.0043 });
    expect(costOf({ ...billed, at: new Date('2026-12-01T00:00:00Z') }, prices)).toMatchObject({ perMinute: 0.004 });
  });

  it('is nothing with the simulator, which says so', () => {
    expect(cost('simulator', '127.0.0.1:1', { model: 'nova-3' })).toMatchObject({ isKnown: true, amount: 0 });
  });

  it('refers to prices that have a day and a source', () => {
    for (const { inForceFrom, source, perMinute, provider } of PRICES) {
      expect(inForceFrom).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      if (provider !== 'simulator') expect([URL.canParse(source), perMinute > 0]).toEqual([true, true]);
    }
  });
});
