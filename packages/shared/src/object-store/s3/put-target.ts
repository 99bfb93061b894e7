/** What a put writes and how, whichever way it takes. */
export interface PutTarget {
  /** With the store's prefix. */
  key: string;
  contentType: string;
  createOnly: boolean;
  /** Kept with the object, to recognise it as one's own when an answer got lost. */
  putId: string;
  /** Aborted when the caller gives up, or when anything about this put has failed. */
  control: AbortController;
}
