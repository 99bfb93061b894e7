export interface Usage {
  /** Used so far. */
  cpuSeconds: number;
  /** In use after garbage was collected, on V8's heap and outside of it. */
  memoryBytes: number;
}

/** Starts what the first message asks for, answers with its address, and every later message with what the process uses. */
export function serveWorker<Task>(start: (task: Task) => Promise<string>): void {
  process.once('message', async (task) => {
    const url = await start(task as Task);
    process.on('message', () => process.send?.(usage()));
    process.send?.(url);
  });
  process.once('disconnect', () => process.exit());
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  // There with --expose-gc.
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return { cpuSeconds: (user + system) / 1e6, memoryBytes: heapUsed + external };
}
