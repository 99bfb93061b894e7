import { z } from 'zod';

const isAddress = (text: string) => URL.canParse(text) && /^https?:\/\//i.test(text);
const isPlainAddress = (text: string) => !/[@?#\s]/.test(text);

/**
 * One address or several with commas between them, each without a slash at its end, so that a path can be appended. Signatures are
 * accepted over any of them; the first is the one that is told to others.
 */
export const publicBaseUrls = () =>
  z.string().transform((text, context): [string, ...string[]] => {
    const [first = '', ...others] = text.split(',').map((address) => address.trim());
    const all: [string, ...string[]] = [first, ...others];
    const error = all.every(isAddress)
      ? all.every(isPlainAddress)
        ? undefined
        : 'give the address alone: no user, password, ? or #'
      : 'give a URL starting with https:// or http://, or several with commas between them';
    if (error !== undefined) context.addIssue({ code: 'custom', message: error });
    return all.map((address) => address.replace(/\/+$/, '')) as typeof all;
  });
