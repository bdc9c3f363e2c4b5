/** The target of a request to the gateway: `/<capability>/<tenant>/<path>`, or `/<capability>/<tenant>/~/<host>/<path>`. */
export interface Target {
  readonly capability: string;
  readonly tenant: string;
  /** A host of the tenant beside its own, as the setting `hosts` has it. */
  readonly host: string | undefined;
  /** The path at the service, with its query. */
  readonly path: string;
}

/** The path segment after which a further host of the tenant stands. No service begins a path with it. */
export const HOST_MARK = '~';

const TARGET = /^\/(?<capability>[A-Za-z0-9_-]+)\/(?<tenant>[^/?]+)(?<rest>\/[^?]*)?(?<query>\?.*)?$/;
const FURTHER_HOST = /^\/~\/(?<host>[^/]+)(?<path>\/.*)?$/;

/**
 * Reads the target of a request. What a service might read in another way than the gateway is refused: dot segments, encoded
 * slashes and backslashes, controls, and targets that are not in origin form (RFC 9112 §3.2.1).
 * @returns undefined for what is refused
 */
export function readTarget(target: string): Target | undefined {
  if (!/^\/[\x21-\x7e]*$/.test(target) || /[\\#]/.test(target)) return undefined;
  const { capability, tenant, rest = '/', query = '' } = TARGET.exec(target)?.groups ?? {};
  if (capability === undefined || tenant === undefined || !isPlainPath(`/${tenant}${rest}`)) return undefined;
  const { host, path = '/' } = FURTHER_HOST.exec(rest)?.groups ?? {};
  return {
    capability,
    tenant: decodeURIComponent(tenant),
    host: host === undefined ? undefined : decodeURIComponent(host),
    path: (host === undefined ? rest : path) + query,
  };
}

function isPlainPath(path: string): boolean {
  return path.split('/').every((segment) => {
    if (/%(?![0-9A-Fa-f]{2})|%(2f|5c|[01][0-9a-f]|7f)/i.test(segment)) return false;
    const dots = segment.replaceAll(/%2e/gi, '.');
    return dots !== '.' && dots !== '..' && isText(segment);
  });
}

/** Whether the percent-encoded bytes are UTF-8. */
function isText(segment: string): boolean {
  try {
    decodeURIComponent(segment);
    return true;
  } catch {
    return false;
  }
}
