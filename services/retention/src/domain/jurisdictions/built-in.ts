import rules from './jurisdiction-rules.json' with { type: 'json' };
import numbers from './number-regions.json' with { type: 'json' };
import { openRuleBook, type RuleBook } from './rule-book.ts';
import { type CorrectionsFile, regionsFile, rulesFile } from './schema.ts';

const committed = { rules: rulesFile.parse(rules), numbers: regionsFile.parse(numbers) };

/** The committed rules and numbers, with a user's own corrections before them. */
export const ruleBook = (corrections?: CorrectionsFile): RuleBook =>
  openRuleBook(committed.rules, committed.numbers, corrections);
