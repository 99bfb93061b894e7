/** Twilio's own hosts: `api.twilio.com`, and a region's `api.{edge}.{region}.twilio.com`. */
const TWILIO_API = /^api((?:\.[a-z0-9-]+){0,2}\.twilio\.com)$/;

/** Where Monitor is: a host of its own at Twilio, and the same one as everything else at a proxy or a simulator. */
export function monitorUrl(apiUrl: string): string {
  const url = new URL(apiUrl);
  url.hostname = url.hostname.replace(TWILIO_API, 'monitor$1');
  return url.href.replace(/\/+$/, '');
}
