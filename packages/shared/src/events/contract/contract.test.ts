import { readdirSync, readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { createEvent } from '../create.ts';
import type { EventDefinition } from '../envelope.ts';
import { EVENT_DEFINITIONS } from '../registry.ts';
import { dataSchema, eventSchema } from './event-schema.ts';
import { CONTRACTS_FOLDER, contractFiles, readExample } from './files.ts';

const definitions: readonly EventDefinition[] = EVENT_DEFINITIONS;
const byType = definitions.map((definition) => [definition.type, definition] as const);

// Formats are checked by the patterns that the schemas carry beside them.
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true, formats: { 'date-time': true } });

/** The parser takes seconds, and on a busy machine many. */
const PARSING = { timeout: 30_000 };

describe('the committed documents', () => {
  it('say what the schemas say: run `pnpm generate` when this fails', () => {
    for (const [path, text] of contractFiles()) expect(readFileSync(CONTRACTS_FOLDER + path, 'utf8')).toBe(text);
  });

  it('leave no event out and keep none that is gone', () => {
    const types = definitions.map(({ type }) => type).sort();
    const named = (folder: string, suffix: string) =>
      readdirSync(CONTRACTS_FOLDER + folder)
        .map((name) => name.slice(0, -suffix.length))
        .sort();
    expect(named('schemas', '.schema.json')).toEqual(types);
    expect(named('examples', '.golden.json')).toEqual(types);
  });

  it('form an AsyncAPI document that its parser accepts, with every event in it', PARSING, async () => {
    const text = readFileSync(`${CONTRACTS_FOLDER}asyncapi.json`, 'utf8');
    const { document, diagnostics } = await new Parser().parse(text);
    expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
    const messages = document?.components().messages().all() ?? [];
    expect(messages.map((message) => message.name()).sort()).toEqual(definitions.map(({ type }) => type).sort());
  });
});

describe.each(byType)('the golden example of %s', (type, definition) => {
  const example = readExample(type);

  it('is the event that its data makes', () => {
    const { time, traceparent } = example as { time?: string; traceparent?: string };
    const made = createEvent(definition as EventDefinition<string, never>, example.data as never, {
      time: time ?? '',
      traceparent,
    });
    expect(made).toEqual(example);
  });

  it('fits the JSON Schema', () => {
    const validate = ajv.compile(eventSchema(definition));
    expect([validate(example), validate.errors]).toEqual([true, null]);
  });

  it('is judged alike by both schemas, whatever field is missing or of another kind', () => {
    const validate = ajv.compile(dataSchema(definition));
    for (const variant of variantsOf(example.data as Record<string, unknown>)) {
      expect([variant, validate(variant)]).toEqual([variant, definition.schema.safeParse(variant).success]);
    }
  });
});

/** The data with each field taken away, and with each field of a kind that it may not be. */
function variantsOf(data: Record<string, unknown>): Record<string, unknown>[] {
  return Object.keys(data).flatMap((field) => {
    const { [field]: _, ...rest } = data;
    return [rest, ...['', 'x', -1, 1.5, 0, true, null, [], {}].map((value) => ({ ...data, [field]: value }))];
  });
}
