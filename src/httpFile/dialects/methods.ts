const HTTP = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE'];
const WEBDAV = ['LOCK', 'UNLOCK', 'PROPFIND', 'PROPPATCH', 'COPY', 'MOVE', 'MKCOL', 'MKCALENDAR', 'ACL', 'SEARCH'];
const DELTA_V = 'CHECKOUT CHECKIN REPORT MERGE MKACTIVITY MKWORKSPACE VERSION-CONTROL BASELINE-CONTROL'.split(' ');
const OTHER_PROTOCOLS = 'GRPC MQTT MQTTS AMQP WS WSS WEBSOCKET SSE EVENTSOURCE'.split(' ');

export const REST_CLIENT_METHODS: ReadonlySet<string> = new Set([...HTTP, ...WEBDAV]);
export const JET_BRAINS_METHODS: ReadonlySet<string> = new Set([...HTTP, 'GRAPHQL', 'GRPC', 'RSOCKET', 'WEBSOCKET']);
export const HTTP_YAC_METHODS: ReadonlySet<string> = new Set([...HTTP, ...WEBDAV, ...DELTA_V, 'GRAPHQL', ...OTHER_PROTOCOLS]);

/** The methods of HTTP that ask a service for an answer, which `CONNECT` does not. */
export const REQUEST_METHODS: ReadonlySet<string> = new Set([...HTTP, ...WEBDAV, ...DELTA_V].filter((one) => one !== 'CONNECT'));

/** Every word that some client reads as a method. */
export const KNOWN_METHODS: ReadonlySet<string> = new Set([...HTTP_YAC_METHODS, ...JET_BRAINS_METHODS]);
