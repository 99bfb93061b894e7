/** Words as they are compared: without case, punctuation and accents that one recogniser writes and another does not. */
export const spoken = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Whether what was said has the phrase in it, as whole words. */
export const says = (heard: string, phrase: string): boolean => ` ${spoken(heard)} `.includes(` ${spoken(phrase)} `);

/** Whether what was said is the phrase, and nothing beside it. */
export const saysOnly = (heard: string, phrase: string): boolean => spoken(heard) === spoken(phrase);
