import { createHash } from 'node:crypto';

/** A synthetic API token that two processes can make without telling each other. */
export function apiTokenOf(seed: string): string {
  return `EXAMPLE-CANARY-RT-${createHash('sha256').update(seed).digest('hex')}`;
}
