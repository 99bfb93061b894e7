import type { Command } from './command.ts';
import { CommandError, RefusedRequest, UsageError } from './errors.ts';

/** Fields that many requests have, by the flag that gives them in every command that has it. */
const FLAGS: Readonly<Record<string, string>> = {
  accountSid: 'account',
  'X-Access-Purpose': 'purpose',
  limit: 'limit',
  number: 'number',
  since: 'since',
  until: 'until',
};

/**
 * What the API refused, by the names of the command line: `expiresAt is …` as `--expires is …`. Where a flag is wrong, the command
 * line is. Other errors are returned as they are.
 */
export function inFlags(error: unknown, { options, fields = {} }: Pick<Command, 'options' | 'fields'>): unknown {
  if (!(error instanceof RefusedRequest)) return error;
  const nameOf = (field: string): string | undefined => {
    const flag = FLAGS[field];
    return fields[field] ?? (flag !== undefined && flag in options ? `--${flag}` : undefined);
  };
  // At the beginning of what is said of a field; nested ones are told by the whole of their path.
  const told = error.message.replaceAll(
    /(^|; |This )([\w.-]+)(?=(\[\d+\])?( is | recorded |: ))/g,
    (whole, before, field) => {
      const name = nameOf(field);
      return name === undefined ? whole : `${before === 'This ' ? '' : before}${name}`;
    },
  );
  const read = 'purpose' in options ? told.replaceAll('in the header X-Access-Purpose', 'in --purpose') : told;
  if (read === error.message) return error;
  return error.httpStatus === 400 ? new UsageError(read) : new CommandError(read, error.status);
}
