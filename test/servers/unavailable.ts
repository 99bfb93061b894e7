/** A server that this machine cannot run, with the reason; its suites are then reported as skipped, and failed where `CI=true`. */
export class ServerUnavailableError extends Error {
  override readonly name = 'ServerUnavailableError';
}
