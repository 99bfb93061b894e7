/** Words as they are compared exactly: without case and punctuation. Marks stay: in many scripts they are vowels and tones. */
const exactly = (text: string): string =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();

/** Also without the accents of Latin letters, which one recogniser writes and another does not. */
export const spoken = (text: string): string =>
  exactly(text)
    .normalize('NFD')
    .replace(/(?<=\p{Script=Latin}\p{M}*)\p{M}/gu, '')
    .normalize('NFC');

/** Whether what was said has the phrase in it, as whole words. */
export const says = (heard: string, phrase: string): boolean => ` ${spoken(heard)} `.includes(` ${spoken(phrase)} `);

/** Whether what was said is the phrase, and nothing beside it. */
export const saysOnly = (heard: string, phrase: string): boolean => spoken(heard) === spoken(phrase);

/** The same, letter by letter: for a yes, which another word must not pass for. */
export const saysExactly = (heard: string, phrase: string): boolean => exactly(heard) === exactly(phrase);
