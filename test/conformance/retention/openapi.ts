import { Ajv2020 } from 'ajv/dist/2020.js';

interface OpenApi {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, object> }> }>>;
}

/** Checks answers against what the OpenAPI document says of them. @returns what is wrong with one, in words; undefined where nothing is */
export function answerCheck(document: OpenApi) {
  // `example` and `discriminator` are OpenAPI's own words; formats are told to people.
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'openapi.json');
  const routes = Object.keys(document.paths).map((template) => ({
    template,
    pattern: new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
  }));
  return (method: string, path: string, status: number, type: string, body: unknown): string | undefined => {
    const [address = ''] = path.split('?');
    const template = routes.find(({ pattern }) => pattern.test(address))?.template;
    // HEAD is answered by GET's route, and what no route takes by none.
    const operation = document.paths[template ?? '']?.[method === 'HEAD' ? 'get' : method.toLowerCase()];
    if (template === undefined || operation === undefined) return undefined;
    const known = operation.responses[status];
    // A request that is not usable is the same on every route.
    if (known === undefined)
      return GENERAL.has(status) ? undefined : `${method} ${template} does not tell of ${status}`;
    const [mediaType = ''] = type.split(';');
    if (body === undefined || known.content?.[mediaType] === undefined) return undefined;
    const escaped = [template, mediaType].map((name) =>
      encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1')),
    );
    const pointer = `paths/${escaped[0]}/${method.toLowerCase()}/responses/${status}/content/${escaped[1]}/schema`;
    const validate = ajv.getSchema(`openapi.json#/${pointer}`);
    if (validate === undefined) return `${method} ${template} ${status} has no schema`;
    return validate(body) ? undefined : `${method} ${template} ${status}: ${ajv.errorsText(validate.errors)}`;
  };
}

const GENERAL: ReadonlySet<number> = new Set([400, 405, 413, 415, 500]);
