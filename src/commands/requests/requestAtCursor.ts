import { findRequest, findRequests, type RequestBlock } from '../../httpFile/index.js';
import { refuse, type FindBlocks } from './insertion.js';

/** The request at each cursor; two cursors in one request count once. */
export const atCursors: FindBlocks = ({ lines, dialect, options }, cursors) => {
  const blocks = new Map<number, RequestBlock>();
  for (const line of cursors) {
    const { request, refused } = findRequest(lines, line, dialect, options);
    if (refused) refuse(refused);
    blocks.set(request.line, request);
  }
  return [...blocks.values()];
};

export const inFile: FindBlocks = ({ lines, dialect, options }) => {
  const blocks = findRequests(lines, dialect, options);
  if (blocks.length === 0) refuse('no-request');
  return blocks;
};
