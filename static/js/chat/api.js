// The portal's API as the chat needs it. An answer that is not good is thrown as Refused (the server said no, and why) or
// Unreachable (nobody answered, or the server is in trouble: try again later).
const PATIENCE = 20_000;

export class Unreachable extends Error {}

export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.detail || "");
    this.status = status;
    this.code = problem?.code || "";
  }
}

export class ChatApi {
  constructor(address, token) {
    this.address = address;
    this.token = token;
  }

  get(path = "") {
    return this.#ask("GET", path);
  }

  post(path, body) {
    return this.#ask("POST", path, body);
  }

  patch(path, body) {
    return this.#ask("PATCH", path, body);
  }

  delete(path) {
    return this.#ask("DELETE", path);
  }

  async #ask(method, path, body) {
    let answer;
    try {
      answer = await fetch(this.address + path, {
        method,
        headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": this.token },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE),
        credentials: "same-origin",
      });
    } catch {
      throw new Unreachable();
    }
    if (answer.status >= 500 || answer.status === 429) throw new Unreachable();
    const said = await answer.json().catch(() => null);
    if (!answer.ok) throw new Refused(answer.status, said);
    return said;
  }
}
