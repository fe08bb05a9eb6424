// The one connection of a page to the site, which all its rooms share. WebSocket first; where a
// school's proxy lets none through, long polling.

import { Manager } from "../vendor/socket.io/socket.io.esm.min.js";

let manager;

/** The socket of a namespace, such as "/chat". It connects, and connects again, by itself. */
export function link(namespace) {
  manager ??= new Manager(location.origin, {
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 15000,
    randomizationFactor: 0.5,
  });
  return manager.socket(namespace);
}

/** Send an event; the answer, or an error with what the site said (`status`), or none (status 0). */
export async function ask(socket, event, facts, patience = 15000) {
  let answer;
  try {
    answer = await socket.timeout(patience).emitWithAck(event, facts);
  } catch {
    throw Object.assign(new Error(""), { status: 0 });
  }
  if (answer?.error) throw Object.assign(new Error(answer.error), { status: answer.status, after: answer.retry_after });
  return answer ?? {};
}
