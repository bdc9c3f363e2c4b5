import process from 'node:process';

/** What is for a night (`npm run test:long`), and what is for every run. */
export const isLong = process.env['LONG'] === '1';
