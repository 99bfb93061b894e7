/** The members of the European Union. Source: european-union.europa.eu, "EU countries" (27 since 2020-02-01; read 2026-11-21). */
const EU_MEMBERS = 'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE'.split(' ');

/** The states of the US and its capital's district, by ISO 3166-2. */
const US_STATES =
  'AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY'.split(
    ' ',
  );

/** The provinces and territories of Canada, by ISO 3166-2. */
const CA_PROVINCES = 'AB BC MB NB NL NS NT NU ON PE QC SK YT'.split(' ');

/** The states and territories of Australia, by ISO 3166-2. */
const AU_STATES = 'ACT NSW NT QLD SA TAS VIC WA'.split(' ');

const REGIONS: Readonly<Record<string, readonly string[]>> = { US: US_STATES, CA: CA_PROVINCES, AU: AU_STATES };

const countries = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

/** What CLDR names and ISO 3166-1 has as no country. Source: Unicode CLDR, "Territory Containment" and private-use codes. */
const NO_COUNTRIES = new Set('AC CP DG EA EU EZ IC QO TA UK UN XA XB XK ZZ'.split(' '));

/** Whether a selector may name it: a country (ISO 3166-1), a state or province of the US, Canada or Australia (`US-CA`, `CA-ON`, `AU-NSW`), or `EU`. */
export function isJurisdiction(code: string): boolean {
  if (code === 'EU') return true;
  const [country = '', region, ...rest] = code.split('-');
  if (!/^[A-Z]{2}$/.test(country) || NO_COUNTRIES.has(country) || rest.length > 0) return false;
  if (countries.of(country) === undefined) return false;
  return region === undefined || REGIONS[country]?.includes(region) === true;
}

/** What was probably meant by a code that is none. */
export function likelyJurisdiction(code: string): string | undefined {
  const upper = code.toUpperCase();
  const known: Readonly<Record<string, string>> = { UK: 'GB', EN: 'GB', ENGLAND: 'GB', GERMANY: 'DE', USA: 'US' };
  const meant = known[upper] ?? upper;
  if (meant !== code && isJurisdiction(meant)) return meant;
  return !upper.includes('-') && US_STATES.includes(upper) ? `US-${upper}` : undefined;
}

/** Whether what a selector names covers a party's jurisdiction: `US` covers `US-CA`, `EU` its members. */
export const coversJurisdiction = (named: string, code: string): boolean =>
  named === code || code.startsWith(`${named}-`) || (named === 'EU' && EU_MEMBERS.includes(code));
