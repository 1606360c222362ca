// A Flipsnack client in JavaScript, and its test: any language that can send HTTP can do this.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";

const [apiUrl, apiKey, secret] = process.argv.slice(2);
const control = apiUrl.replace(/\/v1$/, "/_flipsnack/");

class FlipsnackError extends Error {
  constructor(code, status) {
    super(`${code} ${status}`);
    this.code = code;
  }
}

async function call(action, params = {}) {
  const all = { ...params, action, apiKey };
  const text = Object.keys(all).sort().map((name) => name + all[name]).join("");
  all.signature = createHash("md5").update(secret + text).digest("hex");
  const answer = await fetch(`${apiUrl}/?${new URLSearchParams(all)}`, { signal: AbortSignal.timeout(5000) });
  const envelope = await answer.json();
  if (envelope.code !== 20) throw new FlipsnackError(envelope.code, envelope.status);
  return envelope.data ?? {};
}

async function flipsnack(command, body = {}) {
  const answer = await fetch(control + command, { method: "POST", body: JSON.stringify(body) });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}

async function test(name, body) {
  await body();
  assert.deepEqual((await flipsnack("test")).problems, [], name);
  console.log(`ok ${name}`);
}

await test("an empty account has no collections", async () => {
  assert.deepEqual((await call("collection.getList")).collections, []);
});
for (const code of [22, 30, 31, 32, 33, 34, 35, 36, 38, 40, 41, 42, 43, 44, 45, 46, 47, 50]) {
  await test(`${code} is an error that tells the code`, async () => {
    await flipsnack("respond", { codes: [code] });
    await assert.rejects(call("user.getStats"), { code });
  });
}
