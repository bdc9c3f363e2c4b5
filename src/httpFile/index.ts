export { bashQuoted } from './curl/shellWords.js';
export type { Definition } from './definitions.js';
export type { TextEdit } from './insertion/edits.js';
export {
  findingRequests,
  findingRequestsAt,
  findRequest,
  findRequests,
  sameReading,
  type FindOptions,
  type Found,
} from './find.js';
export { uncommentHeader, upperCaseMethod } from './insertion/fixes.js';
export type { Dialect } from './dialects/grammar.js';
export { Hosts, requestHost } from './host.js';
export { hostWithPort } from './hostWithPort.js';
export { changedBy, indexed, LineIndex } from './lineIndex.js';
export { literalTokens, tokenWords, type Literal, type LiteralShape, type LiteralToken } from './literals.js';
export { isBlank, type Lines, type Position, type Span } from './lines.js';
export { newRequest, type NewRequest } from './insertion/newRequest.js';
export { planOf, type HeaderToSet } from './insertion/plan.js';
export type { Question } from './insertion/questions.js';
export { findingMatches, credentialMatches, type CredentialMatch, type MatchOptions } from './credentialMatches.js';
export type { Obstacle } from './plain/obstacles.js';
export { readPlainRequest, withTokens, type PlainRequest } from './plain/plainRequest.js';
export { placeholders, referenceName, referenceTo, type Placeholder } from './references.js';
export { findingUses, importLines, RestClientRegions, restClientUses, type RestClientUse } from './restClient/uses.js';
export type { RestClientRequest } from './restClient/request.js';
export type { HeaderLine, Refusal, RequestBlock, Warning, WarningKind } from './request.js';
export type { HeaderEdits } from './insertion/headerEdits.js';
export { setHeaders, settingHeaders } from './insertion/setHeaders.js';
export { finish, isPause, type Work } from './work.js';
export { firstSentLine } from './restClient/request.js';
