import { createServer, type AddressInfo, type Socket } from 'node:net';
import process from 'node:process';
import { ANSWER } from './answer.js';

/**
 * The service that all are measured against, in a process of its own: one answer, ready-made, to whatever is asked, so that
 * little of what is measured is its own work. It keeps a connection unless the client says otherwise (RFC 9112 §9.3).
 */
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
    for (let end = endOf(received); end > 0; end = endOf(received)) {
      answer(socket, received.slice(0, end));
      received = received.slice(end);
    }
  });
});

let answered = 0;

function answer(socket: Socket, request: string): void {
  answered++;
  const closes = /^connection: *close/im.test(request);
  const date = new Date().toUTCString();
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nDate: ${date}\r\n`;
  const message = `${head}Content-Length: ${ANSWER.length}\r\nConnection: ${closes ? 'close' : 'keep-alive'}\r\n\r\n${ANSWER}`;
  if (closes) socket.end(message);
  else socket.write(message);
}

/** Where the first request ends; 0 while it is not complete. */
function endOf(received: string): number {
  const head = received.indexOf('\r\n\r\n');
  if (head < 0) return 0;
  const end = head + 4 + Number(/^content-length: *(\d+)/im.exec(received)?.[1] ?? 0);
  return received.length >= end ? end : 0;
}

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', () => process.send?.({ answered }));
process.on('disconnect', () => process.exit());
