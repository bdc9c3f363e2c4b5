/** The answer to a request that a person tried, as far as it has arrived. */
export interface Answer {
  readonly method: string;
  readonly url: string;
  /** The tenant and API token whose access token was sent; undefined: none of ours. */
  readonly sentAs: string | undefined;
  readonly status: number;
  readonly reason: string;
  /** Names are in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The beginning of the body, decoded. */
  readonly body: Uint8Array;
  /** Bytes of the whole body, as they arrived. */
  readonly received: number;
  /** Whether there is more of the body than `body`. */
  readonly isCut: boolean;
  /** The content coding that was not decoded. */
  readonly unknownCoding: string | undefined;
  readonly durationMs: number;
  readonly end: AnswerEnd;
  /** Further sentences about the answer. */
  readonly notes: readonly string[];
}

/** How the answer ended; `damaged`: it does not decompress. */
export type AnswerEnd = 'complete' | 'arriving' | 'cancelled' | 'broken' | 'damaged';
