/**
 * The part of undici that speaks HTTP/1.1 with one service, in a chunk that is loaded with the first request. Imports single
 * files, because undici's root loads more than twice as much (caches, mocks, WebSocket, fetch) and replaces the dispatcher
 * behind every extension's `fetch` (nodejs/undici#5500).
 */
export { default as Client } from 'undici/lib/dispatcher/client.js';
export { default as buildConnector } from 'undici/lib/core/connect.js';
