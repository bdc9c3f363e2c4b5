import { Refusal, type Answer, type Call } from './message.js';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A segment such as `:organization` matches any one segment and names it. */
  readonly path: string;
  /** True if the route exchanges secrets. */
  readonly exchange?: true;
  /** True if the route manages API tokens. */
  readonly manage?: true;
  answer(call: Call): Answer;
}

interface Match {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Finds the route of a request. An unknown path gets a route that refuses with 404, a wrong method with 405. */
export function router(routes: readonly Route[]): (method: string, url: string) => Match {
  const table = routes.map((route) => ({ route, pattern: new RegExp(`^${pattern(route.path)}$`) }));
  return (method, url) => {
    const path = url.split('?', 1)[0] ?? '';
    const matches = table.flatMap(({ route, pattern }) => {
      const found = pattern.exec(path);
      return found ? [{ route, parameters: decoded(found.groups) }] : [];
    });
    const match = matches.find(({ route }) => route.method === method);
    if (match) return match;
    const refusal =
      matches.length > 0
        ? new Refusal(405, 'method_not_allowed', 'Method not allowed')
        : new Refusal(404, 'not_found', 'No such resource');
    return { route: refusing(path, refusal), parameters: {} };
  };
}

const refusing = (path: string, refusal: Refusal): Route => ({
  method: 'GET',
  path,
  answer: () => {
    throw refusal;
  },
});

const pattern = (path: string): string => path.replaceAll('.', '\\.').replaceAll(/:(\w+)/g, '(?<$1>[^/]+)');

const decoded = (groups: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodedSegment(value)]));

function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
