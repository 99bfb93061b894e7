import type { Parameters } from '../parameters.ts';

/** Whom the application talks with, and over which number of the account; empty where Twilio does not say. */
export interface Parties {
  /** Of the person: `called` in a call that the account placed, through Twilio's REST API. */
  party: 'caller' | 'called';
  theirs: string;
  ours: string;
}

/** Source: Twilio, "Twilio's request to your application", `Direction`. */
export const partiesOf = ({ Direction = '', From = '', To = '' }: Parameters): Parties =>
  Direction.startsWith('outbound')
    ? { party: 'called', theirs: To, ours: From }
    : { party: 'caller', theirs: From, ours: To };
