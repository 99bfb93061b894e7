import type { Actor } from './actor.ts';
import type { Hold } from './hold.ts';

/** Who acts on a hold, as `kind:id`, and who gave it the token that it acts with, where it has one of the ledger's. */
export interface HoldActor {
  name: string;
  givenBy?: string | undefined;
}

export const holdActor = ({ kind, id }: Actor, givenBy?: Actor): HoldActor => ({
  name: `${kind}:${id}`,
  givenBy: givenBy && `${givenBy.kind}:${givenBy.id}`,
});

/** The token of the settings: whoever installs has it, whoever that is. */
const BOOTSTRAP = 'token:bootstrap';

/**
 * Why somebody does not count as the second person of a release. Two tokens may be of one person: none counts that was given by who acted
 * before, nor who gave the token that was acted with.
 * @param earlier who placed the hold, and who asked for its release
 * @param hasPeople whether people sign in: then only they are known to be persons
 */
export function whyNotAnother(
  approver: HoldActor,
  earlier: readonly HoldActor[],
  hasPeople: boolean,
): string | undefined {
  if (hasPeople && !approver.name.startsWith('person:')) {
    return 'A token cannot approve a release where people sign in: it takes a person.';
  }
  if (approver.name === BOOTSTRAP) {
    return 'RECORDS_API_TOKEN cannot approve a release, since it is nobody’s in particular: it takes a person, or a token of one.';
  }
  const isSame = earlier.some(({ name, givenBy }) => name === approver.givenBy || givenBy === approver.name);
  return isSame
    ? 'Who approves has its token from who placed the hold or asked for its release, or gave it: it takes another person.'
    : undefined;
}

/** Who acted on the hold before, as `kind:id`. */
export const actedBefore = ({ placedBy, releaseRequest }: Pick<Hold, 'placedBy' | 'releaseRequest'>): string[] =>
  releaseRequest === undefined ? [placedBy] : [placedBy, releaseRequest.by];
