import type { RouteConfig, z } from '@hono/zod-openapi';
import { wordFault } from '@onrecord/shared/config/word-fault';
import { isPhoneLike } from '@onrecord/shared/telephony/phone-like';
import { ProblemError } from './problems.ts';

/** A part of a request, as its check judged it; `data` is what was sent, where that failed. */
interface Checked {
  success: boolean;
  data?: unknown;
  target: string;
}

/** What an answer quotes of a value. */
const SHOWN_MAX = 80;

/**
 * The validation hook of a route: everything that is wrong with a part of a request in one answer, each with its field, the value and
 * what to give instead.
 * @throws ProblemError
 */
export const refuseInvalid =
  ({ request }: Pick<RouteConfig, 'request'>) =>
  ({ success, data, target }: Checked): undefined => {
    if (success) return undefined;
    // Judged once more, now in words for people where a field has none of its own.
    const judged = schemaOf(request, target)?.safeParse(data, { error: wordFault });
    const lines = (judged?.error?.issues ?? []).flatMap((issue) => tell(issue, data, target));
    throw new ProblemError('bad-request', `${lines.join('; ')}.`);
  };

function schemaOf(request: RouteConfig['request'], target: string): z.ZodType | undefined {
  const body = request?.body?.content['application/json'];
  const schema = {
    json: body !== undefined && 'schema' in body ? body.schema : undefined,
    query: request?.query,
    param: request?.params,
    header: request?.headers,
  }[target];
  return schema as z.ZodType | undefined;
}

type Issue = z.core.$ZodIssue;

function tell(issue: Issue, data: unknown, target: string): string[] {
  const value = issue.path.reduce<unknown>(
    (within, key) => (within as Record<PropertyKey, unknown> | null | undefined)?.[key],
    data,
  );
  const within = issue.code === 'invalid_union' ? inSection(issue.errors, value) : undefined;
  if (within !== undefined) {
    return within.flatMap((each) => tell({ ...each, path: [...issue.path, ...each.path] } as Issue, data, target));
  }
  const name = nameOf(issue.path, target);
  const { message } = issue;
  if (name === '') return [issue.code === 'invalid_type' ? 'the body is no object: send { … }' : message];
  if (value === undefined) return [`${name} is missing: ${message}`];
  if (target === 'query' && Array.isArray(value)) return [`${name} is there ${value.length} times: give it once`];
  const shown = JSON.stringify(value) ?? '';
  // A number of a person is not repeated to whoever reads the answer.
  const isOnesNumber = issue.path.at(-1) === 'number' || isPhoneLike(shown);
  const isShown = typeof value !== 'object' && shown.length <= SHOWN_MAX && !isOnesNumber;
  return [`${name}${isShown ? ` is ${shown}` : ''}: ${message}`];
}

/** Of a choice between a word and a list or section: where one of these stands, what is wrong in it. */
const inSection = (errors: readonly (readonly Issue[])[], value: unknown) =>
  typeof value === 'object' && value !== null
    ? errors.find((issues) => issues.every(({ path }) => path.length > 0))
    : undefined;

/** `selector.from`, `purposes[0]`; a header as it is usually written. */
function nameOf(path: readonly PropertyKey[], target: string): string {
  const name = path.reduce<string>(
    (before, key) => (typeof key === 'number' ? `${before}[${key}]` : [before, String(key)].filter(Boolean).join('.')),
    '',
  );
  return target === 'header' ? name.replace(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase()) : name;
}
