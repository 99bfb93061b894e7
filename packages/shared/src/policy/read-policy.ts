import { LineCounter, parseDocument } from 'yaml';
import { checkPolicy } from './check-policy.ts';
import type { Fault } from './fault.ts';
import { faultOf, withoutFaulty } from './issue-faults.ts';
import { placeOf } from './place-of.ts';
import { type PolicyDocument, policySchema } from './policy-schema.ts';
import { wordYamlError } from './yaml-words.ts';

/** A fault as people read it. Lines and columns count from 1. */
interface PlacedFault {
  line: number;
  column: number;
  /** `line 4, column 12: defaults.periods.audio is "90 days": give a period such as …` */
  text: string;
}

export type ReadPolicy = { policy: PolicyDocument; faults?: never } | { policy?: never; faults: PlacedFault[] };

/** A policy of hundreds of rules is a tenth of this. */
export const POLICY_BYTES_MAX = 256 * 1024;

/** Aliases may repeat a list of numbers; a few that repeat each other must not grow without end. */
const ALIASES_MAX = 200;
/** More of them are one mistake many times over. */
const FAULTS_MAX = 100;

/** Reads a policy from YAML or JSON, and finds everything that is wrong with it at once. */
export function readPolicy(text: string): ReadPolicy {
  if (Buffer.byteLength(text) > POLICY_BYTES_MAX)
    return only(`the policy has more than ${POLICY_BYTES_MAX} bytes; split it`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const errors = document.errors.slice(0, FAULTS_MAX);
    const faults = errors.map((error) => placed(lines.linePos(error.pos[0]), wordYamlError(error)));
    // More of them on one line are one mistake.
    return { faults: faults.filter(({ line }, index) => faults.findIndex((each) => each.line === line) === index) };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    const [, alias] = /^Unresolved alias .*: (.+)$/.exec((error as Error).message) ?? [];
    if (alias === undefined) return only('values with * repeat each other too often; write them out');
    const at = lines.linePos(text.indexOf(`*${alias}`));
    return { faults: [placed(at, wordYamlError({ code: 'BAD_ALIAS', message: '' }))] };
  }
  const parsed = policySchema.safeParse(value);
  const faults = parsed.success ? checkPolicy(parsed.data) : faultsBeside(value, parsed.error.issues);
  if (parsed.success && faults.length === 0) return { policy: parsed.data };
  const all = faults.map((fault) => placed(placeOf(document, lines, fault), describe(fault, value)));
  return { faults: all.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, FAULTS_MAX) };
}

/** What is wrong by itself, and what is wrong with the rest beside it. */
function faultsBeside(value: unknown, issues: Parameters<typeof faultOf>[0][]): Fault[] {
  const faults = issues.flatMap((issue) => faultOf(issue, value));
  const rest = policySchema.safeParse(withoutFaulty(value, faults));
  return rest.success ? [...faults, ...checkPolicy(rest.data)] : faults;
}

const only = (problem: string): ReadPolicy => ({ faults: [placed({ line: 1, col: 1 }, problem)] });

const placed = ({ line, col }: { line: number; col: number }, what: string): PlacedFault => ({
  line,
  column: col,
  text: `line ${line}, column ${col}: ${what}`,
});

/** What a message quotes of a value. */
const SHOWN_MAX = 80;

function describe({ path, problem, about }: Fault, value: unknown): string {
  const name = path.reduce<string>((before, key) => {
    if (typeof key === 'number') return `${before}[${key}]`;
    return before === '' ? String(key) : `${before}.${String(key)}`;
  }, '');
  if (name === '') return problem;
  if (about === 'missing') return `${name} is missing: ${problem}`;
  if (about === 'key') return `${name} ${problem}`;
  const found = path.reduce<unknown>(
    (within, key) => (within as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  const shown = JSON.stringify(found) ?? 'absent';
  const isShort = shown.length <= SHOWN_MAX;
  return typeof found === 'object' && found !== null
    ? `${name}: ${problem}`
    : `${name} is ${isShort ? shown : `${shown.slice(0, SHOWN_MAX)}…`}: ${problem}`;
}
