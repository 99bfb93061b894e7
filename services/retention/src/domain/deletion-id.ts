/** How a deletion is named outside of the ledger: the recording's SID, a dot and the number of the deletion. */
export const deletionId = ({ recordingSid }: { recordingSid: string }, number: number): string =>
  `${recordingSid}.${number}`;

export const DELETION_ID = /^(RE[0-9a-f]{32})\.([1-9]\d{0,5})$/;

/** `undefined` for what is no name of a deletion. */
export function parseDeletionId(text: string): { recordingSid: string; number: number } | undefined {
  const [, recordingSid, number] = DELETION_ID.exec(text) ?? [];
  return recordingSid === undefined ? undefined : { recordingSid, number: Number(number) };
}
