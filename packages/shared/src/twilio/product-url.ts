/** Twilio's own hosts: `api.twilio.com`, and a region's `api.{edge}.{region}.twilio.com`. */
const TWILIO_API = /^api((?:\.[a-z0-9-]+){0,2}\.twilio\.com)$/;

/** Where another product is: a host of its own at Twilio, and the same one as everything else at a proxy or a simulator. */
export function productUrl(apiUrl: string, product: 'lookups' | 'monitor' | 'trunking'): string {
  const url = new URL(apiUrl);
  url.hostname = url.hostname.replace(TWILIO_API, `${product}$1`);
  return url.href.replace(/\/+$/, '');
}
