/**
 * The chunks of a source, until `signal` aborts: also when the source itself hangs, which is why its pending read is raced and not
 * awaited. The next chunk is asked for only when the previous one has been dealt with.
 * @throws the signal's reason; whatever the source throws
 */
export async function* readSource(source: AsyncIterable<Uint8Array> | Uint8Array, signal: AbortSignal) {
  if (source instanceof Uint8Array) {
    signal.throwIfAborted();
    yield source;
    return;
  }
  const iterator = source[Symbol.asyncIterator]();
  let interrupt = (_reason: unknown) => {};
  const onAbort = () => interrupt(signal.reason);
  signal.addEventListener('abort', onAbort);
  let exhausted = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Uint8Array>>();
      interrupt = reject;
      iterator.next().then(resolve, reject);
      const next = await promise;
      exhausted = next.done === true;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    if (!exhausted) closeSource(source, iterator);
  }
}

/** Not awaited: a generator that hangs in a read would never answer. A stream is destroyed, which frees its connection at once. */
function closeSource(source: object, iterator: AsyncIterator<Uint8Array>): void {
  if ('destroy' in source && typeof source.destroy === 'function') source.destroy();
  iterator.return?.().catch(() => {});
}
