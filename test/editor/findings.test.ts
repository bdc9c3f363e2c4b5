import assert from 'node:assert/strict';
import { findingsOf, nextExpiry, type Finding, type Surroundings } from '../../src/editor/findings.js';
import { AppError } from '../../src/base/errors.js';
import type { TokenStatus } from '../../src/exchange/status.js';
import { isAllowedHost } from '../../src/tenants/hosts.js';
import { jwt, LATER, NOW, OURS, recognizedIn, SOONER } from './support/known.js';

const ACME = 'GET https://acme.example/x\nAuthorization: Bearer ';
const reference = (name: string): string => `{{$processEnv TENANT_TOKEN_${name}}}`;

const status = (error?: AppError): TokenStatus => ({ state: error ? 'attention' : 'valid', access: undefined, error });

async function codesIn(
  text: string,
  change: Partial<Surroundings> = {},
  issuedUntil: number | null = NOW + 1,
): Promise<string[]> {
  const around: Surroundings = {
    now: NOW,
    isInGit: false,
    status: () => status(),
    resolution: () => ({ byHttpYac: true, inRestClient: undefined }),
    withheldBy: () => undefined,
    foreign: ({ hosts }, tenant) =>
      hosts
        .filter((host) => host === undefined || !isAllowedHost(tenant, host))
        .map((host) => ({ host, label: host ?? '', key: host ?? '' })),
    ...change,
  };
  const findings = (await recognizedIn(text, { issuedUntil })).flatMap((one) => findingsOf(one, around));
  const detail = (finding: Finding): string => {
    if (finding.code === 'not-resolved') return ` ${finding.why}`;
    return finding.code === 'foreign-host' ? ` ${finding.destinations.map(({ host }) => host ?? '?').join(' ')}` : '';
  };
  return findings.map((finding) => finding.code + detail(finding));
}

describe('Findings', () => {
  const refused = { status: () => status(new AppError('api-token-refused')) };
  const cases: readonly (readonly [what: string, text: string, codes: string[], change?: Partial<Surroundings>])[] = [
    ['none for a reference', ACME + reference('ACME'), []],
    ['none for a valid token', ACME + OURS, []],
    ['none for a valid foreign JWT', ACME + jwt({ exp: LATER }), []],
    ['none for a JWT without expiry', ACME + jwt({ sub: 'x' }), []],
    ['an expired foreign JWT', ACME + jwt({ exp: SOONER }), ['expired-literal']],
    ['one of our tokens that has expired', ACME + OURS, ['expired-literal'], { now: NOW + 1 }],
    ['a reference that no token has', ACME + reference('NO'), ['unknown-reference']],
    ['a reference that matches two tokens', ACME + reference('BILLING_X'), ['unknown-reference']],
    ['a reference that needs a person', ACME + reference('ACME'), ['attention'], refused],
    ['not one whose error may pass', ACME + reference('ACME'), [], { status: () => status(new AppError('unreachable')) }],
    ['not a token in the file whose API token needs a person', ACME + OURS, [], refused],
    ['a token in a file that git keeps', ACME + OURS, ['literal-in-git'], { isInGit: true }],
    ['a foreign JWT in one', ACME + jwt({ sub: 'x' }), ['literal-in-git'], { isInGit: true }],
    ['not a reference in one', ACME + reference('ACME'), [], { isInGit: true }],
    ['a host of another', ACME + reference('BACKUP'), ['foreign-host acme.example']],
    ['a token at a host of another', ACME.replace('acme', 'evil') + OURS, ['foreign-host evil.example']],
    ['an unknown host', ACME.replace('https://acme.example', '{{base}}') + OURS, ['foreign-host ?']],
    ['not a host that the person has allowed', ACME + reference('BACKUP'), [], { foreign: () => [] }],
    ['no host of a foreign JWT', ACME.replace('acme', 'evil') + jwt({ exp: LATER }), []],
    [
      'a reference that would change something in production',
      ACME + reference('ACME'),
      ['not-resolved production'],
      { resolution: () => ({ byHttpYac: false, inRestClient: 'production' }) },
    ],
    [
      'not a reference without a client, which Try Request resolves',
      ACME + reference('ACME'),
      [],
      { resolution: () => ({ byHttpYac: false, inRestClient: undefined }) },
    ],
    [
      'a reference that is withheld because of another request',
      ACME + reference('ACME'),
      ['not-resolved withheld'],
      { resolution: () => ({ byHttpYac: false, inRestClient: 'withheld' }) },
    ],
    [
      'only the host where a reference is withheld because of its own',
      ACME + reference('BACKUP'),
      ['foreign-host acme.example'],
      { resolution: () => ({ byHttpYac: false, inRestClient: 'withheld' }) },
    ],
    [
      'an error that needs a person instead of its consequence',
      ACME + reference('ACME'),
      ['attention'],
      { ...refused, resolution: () => ({ byHttpYac: false, inRestClient: 'not-published' }) },
    ],
    [
      'a reference that httpYac resolves and REST Client does not get',
      ACME + reference('ACME'),
      ['not-resolved withheld'],
      { resolution: () => ({ byHttpYac: true, inRestClient: 'withheld' }) },
    ],
    [
      'a reference that httpYac resolves, and REST Client is not allowed to yet',
      ACME + reference('ACME'),
      ['not-resolved not-allowed'],
      { resolution: () => ({ byHttpYac: true, inRestClient: 'not-allowed' }) },
    ],
    [
      'none where the person wants references in httpYac only',
      ACME + reference('ACME'),
      [],
      { resolution: () => ({ byHttpYac: true, inRestClient: 'refused' }) },
    ],
    [
      'an unknown reference instead of a missing client',
      ACME + reference('NO'),
      ['unknown-reference'],
      { resolution: () => ({ byHttpYac: false, inRestClient: undefined }) },
    ],
    ['all findings of an expired token', ACME + OURS, ['expired-literal', 'literal-in-git'], { now: NOW + 1, isInGit: true }],
  ];
  for (const [what, text, codes, change] of cases)
    it(what, async () => {
      assert.deepEqual(await codesIn(text, change), codes);
    });

  it('query the resolution of a name as it is written', async () => {
    const asked: string[] = [];
    const resolution = (name: string) => (asked.push(name), { byHttpYac: true, inRestClient: undefined });
    await codesIn(ACME + reference('ACME_LAPTOP'), { resolution });
    assert.deepEqual(asked, ['TENANT_TOKEN_ACME_LAPTOP']);
  });

  it('change next when the first token expires', async () => {
    const text = [
      ACME + jwt({ exp: LATER + 9 }),
      ACME + jwt({ exp: LATER }),
      ACME + jwt({ exp: SOONER }),
      ACME + jwt({ sub: 'x' }),
    ];
    const all = await recognizedIn(text.join('\n\n###\n'));
    assert.equal(nextExpiry(all, NOW), LATER * 1000);
    assert.equal(nextExpiry(all, (LATER + 9) * 1000), undefined);
  });
});
