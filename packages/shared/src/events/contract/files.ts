import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EventDefinition } from '../envelope.ts';
import { EVENT_DEFINITIONS } from '../registry.ts';
import { asyncApiDocument, type GoldenExample } from './async-api.ts';
import { eventSchema, type JsonSchema } from './event-schema.ts';

/** The folder of the committed documents. */
export const CONTRACTS_FOLDER = fileURLToPath(new URL('../../../contracts/', import.meta.url));

const definitions: readonly EventDefinition[] = EVENT_DEFINITIONS;

/** Written by hand when an event is added: what a reader of the contract sees first, and what the tests hold the code to. */
const examplePath = (type: string) => `${CONTRACTS_FOLDER}examples/${type}.golden.json`;

/** @throws Error naming the file when an event has no golden example */
export function readExample(type: string): GoldenExample {
  return JSON.parse(readFileSync(examplePath(type), 'utf8'));
}

/** Every generated document: its path below the contracts folder, and its text. */
export function contractFiles(): ReadonlyMap<string, string> {
  const examples = new Map(definitions.map(({ type }) => [type, readExample(type)]));
  const files = new Map(definitions.map((one) => [`schemas/${one.type}.schema.json`, textOf(eventSchema(one))]));
  return files.set('asyncapi.json', textOf(asyncApiDocument(definitions, examples)));
}

const textOf = (document: JsonSchema) => `${JSON.stringify(document, null, 2)}\n`;
