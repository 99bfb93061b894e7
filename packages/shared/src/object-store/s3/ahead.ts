/** Asks for the first page at once, and for each further one while the one before is worked on. The pages must be read, if only one of them. */
export function ahead<T>(pages: AsyncGenerator<T, void, undefined>): AsyncGenerator<T, void, undefined> {
  const askedFor = () => {
    const page = pages.next();
    // Its failure is told when its turn comes.
    page.catch(() => undefined);
    return page;
  };
  return inTurn(pages, askedFor(), askedFor);
}

async function* inTurn<T>(
  pages: AsyncGenerator<T, void, undefined>,
  first: Promise<IteratorResult<T, void>>,
  askForNext: () => Promise<IteratorResult<T, void>>,
): AsyncGenerator<T, void, undefined> {
  let next = first;
  try {
    for (;;) {
      const { done, value } = await next;
      if (done || value === undefined) return;
      next = askForNext();
      yield value;
    }
  } finally {
    await pages.return();
  }
}
