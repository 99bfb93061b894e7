import { z } from 'zod';
import { ROLES, type Role } from '../domain/roles.ts';

const isOverTls = (text: string): boolean =>
  URL.canParse(text) && (/^https:/.test(text) || /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(text));
const webAddress = () =>
  z.string().refine(isOverTls, 'give an address that begins with https:// (http:// on this machine alone)');

/** The identity provider of a company whose people ask the records API by its access tokens. */
export const oidcSettings = {
  OIDC_ISSUER: webAddress()
    .optional()
    .describe('Identity provider whose access tokens the records API takes, exactly as their iss has it; absent: none'),
  OIDC_AUDIENCE: z.string().optional().describe('What the aud of those access tokens must have'),
  OIDC_JWKS_URL: webAddress()
    .optional()
    .describe('Where its keys are; absent: where its /.well-known/openid-configuration says'),
  OIDC_ROLE_CLAIM: z
    .string()
    .prefault('roles')
    .describe('Claim with the role, by its name or a path such as realm_access.roles'),
  OIDC_ROLES: z
    .string()
    .transform((text, context) => {
      const roles = readRoles(text);
      if (roles) return roles;
      context.addIssue({
        code: 'custom',
        message: `give VALUE=ROLE with commas between them, each role one of ${ROLES.join(', ')}`,
      });
      return z.NEVER;
    })
    .optional()
    .describe('Which role a value of that claim means, such as legal=compliance; a role by its own name always counts'),
  OIDC_ACCOUNTS_CLAIM: z
    .string()
    .optional()
    .describe('Claim with the AccountSids that a person may see; absent: all accounts'),
  OIDC_IDENTITIES_CLAIM: z
    .string()
    .prefault('onrecord_identities')
    .describe('Claim with the ends of call legs that are an agent’s, such as client:alice'),
};

function readRoles(text: string): Map<string, Role> | undefined {
  const pairs = text.split(',').map((pair) => /^\s*([^=\s][^=]*?)\s*=\s*(\w+)\s*$/.exec(pair));
  const roles = new Map<string, Role>();
  for (const pair of pairs) {
    const role = ROLES.find((each) => each === pair?.[2]);
    if (pair?.[1] === undefined || role === undefined) return undefined;
    roles.set(pair[1], role);
  }
  return roles;
}

const schema = z.object(oidcSettings);
type OidcSettings = z.output<typeof schema>;

const audienceOfIssuer = z.refine<Pick<OidcSettings, 'OIDC_ISSUER' | 'OIDC_AUDIENCE'>>(
  ({ OIDC_ISSUER, OIDC_AUDIENCE }) => OIDC_ISSUER === undefined || OIDC_AUDIENCE !== undefined,
  {
    path: ['OIDC_AUDIENCE'],
    error:
      'OIDC_ISSUER needs it, for the issuer’s tokens for other programs would open this one; set it to the API’s identifier there',
    when: ({ issues }) => !issues.some(({ path }) => path?.[0] === 'OIDC_ISSUER'),
  },
);

/** Half of it is a mistake: people would be refused, and nobody told. */
const issuerOfAudience = z.refine<Pick<OidcSettings, 'OIDC_ISSUER' | 'OIDC_AUDIENCE'>>(
  ({ OIDC_ISSUER, OIDC_AUDIENCE }) => OIDC_AUDIENCE === undefined || OIDC_ISSUER !== undefined,
  {
    path: ['OIDC_ISSUER'],
    error: 'OIDC_AUDIENCE needs it: set it to the address of who issues the tokens, or leave both out',
    when: ({ issues }) => !issues.some(({ path }) => path?.[0] === 'OIDC_ISSUER'),
  },
);

/** For `.check(…)` of the settings that these are among. */
export const wholeOidc = [audienceOfIssuer, issuerOfAudience] as const;

export const toOidcOptions = (settings: OidcSettings) =>
  settings.OIDC_ISSUER === undefined || settings.OIDC_AUDIENCE === undefined
    ? undefined
    : {
        issuer: settings.OIDC_ISSUER,
        audience: settings.OIDC_AUDIENCE,
        jwksUrl: settings.OIDC_JWKS_URL,
        mapping: {
          roleClaim: settings.OIDC_ROLE_CLAIM,
          roles: settings.OIDC_ROLES ?? new Map<string, Role>(),
          accountsClaim: settings.OIDC_ACCOUNTS_CLAIM,
          identitiesClaim: settings.OIDC_IDENTITIES_CLAIM,
        },
      };
