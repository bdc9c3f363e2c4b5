/** The host of a URL, as returned by `requestHost`. */
export function hostWithPort({ protocol, port, host }: URL): string | undefined {
  if (!host) return undefined;
  const isPlain = protocol === 'http:' || protocol === 'ws:';
  return isPlain && !port ? `${host.toLowerCase()}:80` : host.toLowerCase();
}
