import { z } from 'zod';
import { formatMoment } from '../../table.ts';

const moment = z.iso.datetime({ offset: true });

/** What the commands read of a token. */
export const token = z.looseObject({
  tokenId: z.string(),
  name: z.string(),
  role: z.string(),
  accounts: z.union([z.literal('all'), z.array(z.string())]),
  agentIdentities: z.array(z.string()).optional(),
  state: z.string(),
  expiresAt: moment,
  lastUsedAt: moment.optional(),
});
export type Token = z.output<typeof token>;

export const HEADER = ['TOKEN', 'STATE', 'ROLE', 'EXPIRES', 'LAST USED', 'ACCOUNTS', 'WHOSE CALLS', 'NAME'];

export const toRow = ({ tokenId, state, role, expiresAt, lastUsedAt, accounts, agentIdentities, name }: Token) => [
  ...[tokenId, state, role, formatMoment(expiresAt), formatMoment(lastUsedAt) || 'never'],
  ...[[accounts].flat().join(','), agentIdentities?.join(',') ?? 'all', name],
];
