import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const NOTICES = 'THIRD-PARTY-NOTICES.txt';
/** Lies beside the package, not in it. */
export const COMPONENTS = 'tenant-tokens.cdx.json';

/** @typedef {{ name: string, version?: string, license: string, purl: string, hash?: string, texts: readonly string[], within?: string }} Component */

/** What packages contain of others without the licence that belongs to it: nodejs/llhttp, as WebAssembly. */
const WITHIN = [
  {
    folder: 'node_modules/undici/lib/llhttp/',
    within: 'undici',
    name: 'llhttp',
    license: 'MIT',
    purl: 'pkg:github/nodejs/llhttp',
    texts: [
      `Copyright Fedor Indutny, 2018.

Permission is hereby granted, free of charge, to any person obtaining a
copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including
without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the
following conditions:

The above copyright notice and this permission notice shall be included
in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS
OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN
NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE
USE OR OTHER DEALINGS IN THE SOFTWARE.`,
    ],
  },
];

const json = (file) => JSON.parse(readFileSync(file, 'utf8'));
const unique = (values) => [...new Set(values)].sort();

/**
 * Writes the licences of what is bundled of others, and the list of it (CycloneDX 1.6). Both are the same from each build.
 * @param {string} outdir
 * @param {readonly string[]} inputs the files that have a part in the bundle, from the folder of the extension
 */
export function writeThirdParties(outdir, inputs) {
  const components = componentsOf(inputs);
  writeFileSync(path.join(outdir, NOTICES), noticesOf(components));
  writeFileSync(path.join(outdir, COMPONENTS), `${JSON.stringify(billOf(components), null, 2)}\n`);
}

/** @returns {readonly Component[]} */
function componentsOf(inputs) {
  const folders = unique(inputs.flatMap((input) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []));
  const { packages: locked } = json('package-lock.json');
  const packages = folders.map((folder) => {
    const { name, version, license } = json(`${folder}/package.json`);
    const texts = licencesOf(inputs.filter((input) => input.startsWith(`${folder}/`)));
    if (!license || texts.length === 0) throw new Error(`${folder} is bundled, and has no licence`);
    return { name, version, license, purl: purlOf(name, version), hash: locked[folder].integrity, texts };
  });
  const within = WITHIN.filter(({ folder }) => inputs.some((input) => input.startsWith(folder)));
  return [...packages, ...within];
}

/** The licence files beside and above files of a package: a part of it may have one of its own. */
function licencesOf(files) {
  const folders = unique(files.flatMap((file) => foldersAbove(file)));
  const places = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i.test(name))
      .map((name) => `${folder}/${name}`),
  );
  return unique(places.map((place) => readFileSync(place, 'utf8').replaceAll('\r\n', '\n').trim()));
}

/** Up to that of the package. */
function foldersAbove(file) {
  const folder = path.posix.dirname(file);
  return /\bnode_modules(\/@[^/]+)?$/.test(folder) ? [] : [folder, ...foldersAbove(folder)];
}

const purlOf = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** @param {readonly Component[]} components */
function noticesOf(components) {
  const rule = '-'.repeat(78);
  const sections = components.map(({ name, version, license, within, texts }) => {
    const title = `${name}${version ? ` ${version}` : ''} (${license})${within ? `, in ${within}` : ''}`;
    return [rule, title, rule, '', texts.join(`\n\n${rule}\n\n`), ''].join('\n');
  });
  return ['Tenant Tokens contains software of others, under these licences.', '', ...sections].join('\n');
}

/**
 * Without a serial number and a time, which would differ from build to build (CycloneDX 1.6, both are optional).
 * @param {readonly Component[]} components
 */
function billOf(components) {
  const { name, version, license } = json('package.json');
  const own = `pkg:generic/${name}@${version}`;
  const partsOf = (whole) => components.filter(({ within }) => within === whole).map(({ purl }) => purl);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': own, name, version, licenses: [{ license: { id: license } }] } },
    components: components.map((one) => ({
      type: 'library',
      'bom-ref': one.purl,
      name: one.name,
      ...(one.version && { version: one.version }),
      licenses: [{ license: { id: one.license } }],
      purl: one.purl,
      ...(one.hash && { hashes: [hashOf(one.hash)] }),
    })),
    dependencies: [
      { ref: own, dependsOn: partsOf(undefined) },
      ...components.map((one) => ({ ref: one.purl, dependsOn: partsOf(one.name) })),
    ],
  };
}

/** From npm's form (Subresource Integrity) to that of CycloneDX. */
function hashOf(integrity) {
  const [, base64] = /^sha512-(\S+)$/.exec(integrity) ?? [];
  if (!base64) throw new Error(`${integrity} is no SHA-512`);
  return { alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') };
}
