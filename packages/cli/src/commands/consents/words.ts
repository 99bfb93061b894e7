/** What can be agreed to. */
export const PURPOSES = ['record', 'transcribe', 'analyse', 'share'];

/** What a party answered. */
export const OUTCOMES = ['granted', 'refused', 'withdrawn'];
