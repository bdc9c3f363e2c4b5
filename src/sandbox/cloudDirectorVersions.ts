import type { Answer } from './message.js';

const VERSIONS = ['38.1', '39.1', '37.2', '39.0'];
const DEPRECATED = ['36.3', '37.0'];

export const isServed = (version: string): boolean => [...VERSIONS, ...DEPRECATED].includes(version);

/** `/api/versions`, which needs no authorization: unsorted, with deprecated versions and an alpha version. */
export function supportedVersions(origin: string): Answer {
  const info = (version: string, attributes = ''): string =>
    `  <VersionInfo${attributes}>\n    <Version>${version}</Version>\n    <LoginUrl>${origin}/api/sessions</LoginUrl>\n  </VersionInfo>\n`;
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: [
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
      '<SupportedVersions xmlns="http://www.vmware.com/vcloud/versions">\n',
      ...DEPRECATED.map((version) => info(version, ' deprecated="true"')),
      ...VERSIONS.map((version) => info(version, ' deprecated="false"')),
      '  <AlphaVersion deprecated="false">\n    <Version>41.0.0-alpha-1700000000</Version>\n  </AlphaVersion>\n',
      '</SupportedVersions>\n',
    ].join(''),
  };
}
