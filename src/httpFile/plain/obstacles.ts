import type { WarningKind } from '../request.js';

/** What a request contains that only an HTTP client understands, or that clients understand differently, at a line. */
export type Obstacle = { readonly line: number } & (
  | {
      readonly kind:
        | 'script'
        | 'import'
        | 'file'
        | 'handler'
        | 'response'
        | 'messages'
        | 'comment'
        | 'definition'
        | 'curl'
        | 'multipart'
        | 'form'
        | 'braces'
        | 'address'
        | 'token-in-address'
        | 'credentials';
    }
  | {
      readonly kind: 'variable' | 'directive' | 'method' | 'header' | 'repeated-header' | 'header-value';
      readonly name: string;
    }
  /** What {@link findRequest} warns of: clients do not agree on the request. */
  | { readonly kind: 'doubt'; readonly warning: WarningKind }
);

/** Ends the reading of a request. */
export class ObstacleError extends Error {
  readonly obstacle: Obstacle;

  constructor(obstacle: Obstacle) {
    super(obstacle.kind);
    this.obstacle = obstacle;
  }
}

/** @throws ObstacleError */
export function stop(obstacle: Obstacle): never {
  throw new ObstacleError(obstacle);
}
