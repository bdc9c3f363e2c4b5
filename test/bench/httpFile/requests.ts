import { referenceTo } from '../../../src/httpFile/index.js';

/** The tenant of the requests, and what a file calls its token. */
export const HOST = 'acme.example';
export const REFERENCE = referenceTo('TENANT_TOKEN_ACME');

/** Of so many requests one has a header of ours. */
const EVERY = 20;

/** As people write them: a name, an address with a variable, some headers, and most of it a body of JSON. */
function request(number: number): string {
  return [
    `### Create order ${number}`,
    `# @name order${number}`,
    `POST {{base}}/v1/customers/${number % 97}/orders?expand=items&page=${number}`,
    'Accept: application/json',
    'Content-Type: application/json; charset=utf-8',
    ...(number % EVERY === 0 ? [`Authorization: Bearer ${REFERENCE}`] : []),
    `X-Request-Id: 5f0c1c3e-9d5b-4c0e-8a43-${String(number).padStart(12, '0')}`,
    '',
    '{',
    `  "customer": "customer-${number}",`,
    '  "currency": "EUR",',
    '  "items": [',
    `    { "sku": "SKU-${number}-1", "quantity": 2, "price": 19.95, "note": "leave at the door" },`,
    `    { "sku": "SKU-${number}-2", "quantity": 1, "price": 5.5, "note": "" }`,
    '  ],',
    '  "comment": "Lorem ipsum dolor sit amet, consectetur adipiscing elit"',
    '}',
    '',
    '',
  ].join('\n');
}

/** A file of requests. @param size in characters, at least */
export function requestFile(size: number): string {
  const parts = [`@base = https://${HOST}\n\n`];
  let length = parts[0]!.length;
  for (let number = 1; length < size; number++) {
    const text = request(number);
    parts.push(text);
    length += text.length;
  }
  return parts.join('');
}
