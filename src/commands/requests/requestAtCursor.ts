import { findingRequests, findingRequestsAt, type RequestBlock } from '../../httpFile/index.js';
import { refuse, type FindBlocks } from './insertion.js';

/** The request at each cursor; two cursors in one request count once. */
export const atCursors: FindBlocks = function* ({ lines, dialect, options }, cursors) {
  const blocks = new Map<number, RequestBlock>();
  for (const { request, refused } of yield* findingRequestsAt(lines, cursors, dialect, options)) {
    if (refused) refuse(refused);
    blocks.set(request.line, request);
  }
  return [...blocks.values()];
};

export const inFile: FindBlocks = function* ({ lines, dialect, options }) {
  const blocks = yield* findingRequests(lines, dialect, options);
  if (blocks.length === 0) refuse('no-request');
  return blocks;
};
