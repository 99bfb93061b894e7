/** What Twilio answered, or why there is no answer. */
export type Answer<T> =
  | { kind: 'answered'; body: T; date: string | undefined }
  | { kind: 'refused'; status: number; date: string | undefined }
  | { kind: 'unreachable'; reason: string };

/** A number of the account. Addresses are empty where none is set. */
export interface OwnedNumber {
  phoneNumber: string;
  voiceUrl: string;
  voiceMethod: string;
  voiceFallbackUrl: string;
  statusCallback: string;
  voiceApplicationSid: string;
  trunkSid: string;
  /** False for one that takes text messages alone. */
  hasVoice: boolean;
  /** Whether it sends text messages. */
  hasSms: boolean;
}

/** What a public address was seen to be. */
export interface AddressFacts {
  baseUrl: string;
  /** What the host name resolves to; empty where it does not. */
  addresses: readonly string[];
  /** One of them that cannot be reached from the internet. */
  privateAddress?: string | undefined;
  /** Absent for http, and where no TLS connection came about. */
  tls?: { problem: string | undefined; expiresAt: string } | undefined;
  /** `ours`: this service with the same token; `other-token`: it, and it refuses what was signed with this one. */
  answer: 'ours' | 'other-token' | 'another-service' | { unreachable: string };
  /** What answered, for `another-service`. */
  httpStatus?: number | undefined;
}
