import type { Delivery } from './calls/deliveries.ts';

export interface SimulatorOptions {
  accountSid: string;
  authToken: string;
  /** The secondary token, which `nextTokenShare` signs with and which opens the REST API as well. */
  nextAuthToken?: string | undefined;
  /** Where the application (ingest) is reached; a function where it is known later than the simulator starts. */
  publicBaseUrl: string | (() => string);
  /** Calls and recordings; absent means a temporary folder that goes with the simulator. */
  dataDir?: string | undefined;
  /** Spoken sentences; absent means a folder in the data folder. */
  speechCacheDir?: string | undefined;
  /** 0 lets the operating system choose. */
  port?: number;
  hostname?: string;
  /** Where this simulator is reached from outside, for `RecordingUrl` and `media_url`; absent means its own address. */
  apiUrl?: string | undefined;
  /** API keys (SK…) with their secrets. */
  apiKeys?: Readonly<Record<string, string>>;
  /** The only Deepgram key that is let in; absent means any. */
  deepgramApiKey?: string | undefined;
  /** Connection overrides of every URL that has none in its fragment, such as `rc=5&rp=all`: an account's webhook configuration. */
  connectionOverrides?: string | undefined;
  /** Seconds of a call that pass in one second. */
  speed?: number;
  /** Is told of each request to the application when it has ended. */
  onDelivery?: (delivery: Delivery) => void;
  now?: () => Date;
}
