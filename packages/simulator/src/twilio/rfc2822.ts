/** A date as Twilio's 2010 API and its callbacks write it: `Tue, 28 May 2019 02:18:02 +0000`. */
export const rfc2822 = (date: Date): string => date.toUTCString().replace('GMT', '+0000');
