/**
 * Of undici, what speaks HTTP/1.1 with one service: a chunk of its own, loaded with the first request. Its files are named
 * one by one, because its root loads all of it (caches, mocks, WebSocket, fetch), more than twice as much, and replaces the
 * dispatcher behind every extension's `fetch` (nodejs/undici#5500).
 */
export { default as Client } from 'undici/lib/dispatcher/client.js';
export { default as buildConnector } from 'undici/lib/core/connect.js';
