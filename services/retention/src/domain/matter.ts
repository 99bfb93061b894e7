/** What holds are placed for: a lawsuit, an investigation, a request of an authority. */
export interface Matter {
  matterId: string;
  name: string;
  /** As `kind:id`. */
  openedBy: string;
  openedAt: Date;
}
