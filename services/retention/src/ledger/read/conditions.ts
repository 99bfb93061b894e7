/** Conditions of a query that is put together by what was asked for. Each `?` in a text stands for the next value. */
export class Conditions {
  readonly #texts: string[] = [];
  readonly values: unknown[];

  /** @param values those that the query has already, as $1, $2, … */
  constructor(...values: unknown[]) {
    this.values = values;
  }

  /** Leaves the condition out where its first value is undefined. Texts come from this code alone, never from input. */
  and(text: string, ...values: readonly unknown[]): this {
    if (values.length > 0 && values[0] === undefined) return this;
    const left = [...values];
    this.#texts.push(text.replaceAll('?', () => `$${this.values.push(left.shift())}`));
    return this;
  }

  toString(): string {
    return this.#texts.length === 0 ? 'true' : this.#texts.join(' and ');
  }
}
