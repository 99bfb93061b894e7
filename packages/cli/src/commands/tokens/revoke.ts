import type { Command } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { jsonOption, yesOption } from '../../flags.ts';
import { token } from './token.ts';

export const revokeToken: Command = {
  name: 'tokens revoke',
  summary: 'revoke a token: it opens nothing any more',
  help: `onrecord tokens revoke TOKEN [--yes] [--json]

  TOKEN   its 24 hexadecimal digits, as \`onrecord tokens\` lists them; they follow onr_ in the token itself
  --yes   without being asked
  --json  the answer of the records API`,
  options: { ...yesOption, ...jsonOption },
  run: async ({ api, print, confirm }, { values, positionals }) => {
    const [given = '', ...more] = positionals;
    // Whoever has the token at hand may give it whole: the secret in it is not sent on.
    const [, tokenId] = /^(?:onr_)?([0-9a-f]{24})(?:_[\w-]{43})?$/.exec(given) ?? [];
    if (tokenId === undefined || more.length > 0) {
      throw new UsageError('name one token by its 24 hexadecimal digits: `onrecord tokens` lists them');
    }
    await confirm(`Revoke the token ${tokenId}? Programs that use it are refused from then on.`);
    const revoked = await (await api()).send('DELETE', `/v1/tokens/${tokenId}`, token);
    print(
      values.json ? JSON.stringify(revoked, undefined, 2) : `${revoked.tokenId} (${revoked.name}) is ${revoked.state}.`,
    );
  },
};
