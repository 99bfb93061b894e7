import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** An error as Twilio's REST API answers it. */
export function twilioError(
  status: ContentfulStatusCode,
  code: number,
  message: string,
  headers: Record<string, string> = {},
): HTTPException {
  const body = { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
  return new HTTPException(status, {
    res: new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } }),
  });
}

export const notFound = (path: string) => twilioError(404, 20_404, `The requested resource ${path} was not found`);

export const unauthorised = () =>
  twilioError(401, 20_003, 'Authenticate', { 'www-authenticate': 'Basic realm="Twilio API"' });
