// A day's work of an ioredis user, on a node without a PostgreSQL.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, beforeEach, test } from "node:test";
import Redis from "ioredis";
import { startStele } from "./stele.js";

let stele;
let redis;
const connect = (options = {}) => new Redis({ host: "127.0.0.1", port: stele.ports.redis, ...options });

before(async () => {
  stele = await startStele("--postgres", "off");
  redis = connect({ connectionName: "tests" });
});

beforeEach(() => redis.flushall());

after(async () => {
  await redis?.quit();
  await stele?.stop();
});

async function until(condition, what) {
  const end = Date.now() + 30_000;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `${what} did not come true`);
    await sleep(10);
  }
}

test("strings, options and binary values", async () => {
  assert.equal(await redis.set("k", "v", "EX", 100), "OK");
  assert.equal(await redis.get("k"), "v");
  assert.equal(await redis.set("k", "w", "NX"), null);
  assert.equal(await redis.ttl("k"), 100);
  const bytes = Buffer.from([0, 255, 13, 10, 0]);
  await redis.set(Buffer.from([1, 0, 2]), bytes);
  assert.deepEqual(await redis.getBuffer(Buffer.from([1, 0, 2])), bytes);
  await redis.mset({ a: 1, b: 2 });
  assert.deepEqual(await redis.mget("a", "none", "b"), ["1", null, "2"]);
  assert.equal(await redis.incrby("a", 41), 42);
  assert.equal(await redis.getdel("a"), "42");
  await assert.rejects(redis.call("PSYNC", "?", "-1"), /not supported by Stele yet/);
});

test("a stream with a group", async () => {
  const waits = redis.duplicate();
  await redis.xgroup("CREATE", "stream", "workers", "$", "MKSTREAM");
  const reply = waits.xreadgroup("GROUP", "workers", "one", "BLOCK", 10000, "STREAMS", "stream", ">");
  const id = await redis.xadd("stream", "*", "f", "v");
  assert.deepEqual(await reply, [["stream", [[id, ["f", "v"]]]]]);
  assert.equal(await redis.xack("stream", "workers", id), 1);
  assert.deepEqual(await redis.xpending("stream", "workers"), [0, null, null, null]);
  waits.disconnect();
});

test("hashes as objects", async () => {
  assert.equal(await redis.hset("user", { name: "Ann", age: 41 }), 2);
  assert.deepEqual(await redis.hgetall("user"), { name: "Ann", age: "41" });
  assert.equal(await redis.hincrby("user", "age", 1), 42);
  assert.deepEqual(await redis.hmget("user", "name", "none"), ["Ann", null]);
  assert.equal(await redis.hdel("user", "age"), 1);
  await assert.rejects(redis.get("user"), /WRONGTYPE/);
});

test("a pipeline of ten thousand, answered in order", async () => {
  const pipeline = redis.pipeline();
  for (let i = 0; i < 5000; i++) pipeline.set(`p:${i}`, i).get(`p:${i}`);
  const replies = await pipeline.exec();
  assert.equal(replies.length, 10_000);
  replies.forEach(([error, value], i) => {
    assert.equal(error, null);
    assert.equal(value, i % 2 === 0 ? "OK" : String((i - 1) / 2));
  });
});

test("transactions: whole, or not at all when a watched key changes", async () => {
  const replies = await redis.multi().set("a", 1).incr("a").get("a").exec();
  assert.deepEqual(replies, [[null, "OK"], [null, 2], [null, "2"]]);
  const other = connect();
  await redis.watch("a");
  await other.set("a", "foreign");
  assert.equal(await redis.multi().set("a", "mine").exec(), null);
  assert.equal(await redis.get("a"), "foreign");
  await assert.rejects(redis.multi().set("a").exec(), /EXECABORT/);
  await other.quit();
});

test("racing clients lose no increment", async () => {
  await redis.set("counter", 0);
  const add = async () => {
    const client = connect();
    for (let done = 0; done < 50;) {
      await client.watch("counter");
      const value = Number(await client.get("counter"));
      if (await client.multi().set("counter", value + 1).exec()) done++;
    }
    await client.quit();
  };
  await Promise.all([add(), add(), add(), add()]);
  assert.equal(await redis.get("counter"), "200");
});

test("a scan as a stream sees every key once", async () => {
  const pipeline = redis.pipeline();
  for (let i = 0; i < 1000; i++) pipeline.set(`s:${i}`, i);
  await pipeline.exec();
  const seen = [];
  for await (const keys of redis.scanStream({ match: "s:*", count: 33 })) seen.push(...keys);
  assert.equal(seen.length, 1000);
  assert.equal(new Set(seen).size, 1000);
});

test("keys expire", async () => {
  await redis.set("short", "v", "PX", 30);
  await redis.hset("hash", "f", "v");
  await redis.pexpire("hash", 30);
  await until(async () => (await redis.dbsize()) === 0, "the expiry");
  assert.equal(await redis.get("short"), null);
  assert.equal(await redis.ttl("short"), -2);
});

test("messages reach their subscriber", async () => {
  const subscriber = connect();
  const seen = [];
  subscriber.on("message", (channel, message) => seen.push(`${channel}:${message}`));
  subscriber.on("pmessage", (pattern, channel, message) => seen.push(`${pattern}|${channel}:${message}`));
  assert.equal(await subscriber.subscribe("news"), 1);
  assert.equal(await subscriber.psubscribe("n*"), 2);
  assert.equal(await redis.publish("news", "hello"), 2);
  await until(async () => seen.length === 2, "two messages");
  assert.deepEqual(seen, ["news:hello", "n*|news:hello"]);
  await subscriber.quit();
});

test("a script as a command", async () => {
  const client = connect();
  client.defineCommand("addAll", {
    numberOfKeys: 1,
    lua: "for i = 1, #ARGV do redis.call('INCRBY', KEYS[1], ARGV[i]) end return redis.call('GET', KEYS[1])",
  });
  assert.equal(await client.addAll("sum", 1, 2, 3), "6");
  const replies = await client.pipeline().addAll("sum", 4).addAll("sum", 5).exec();
  assert.deepEqual(replies, [[null, "10"], [null, "15"]]);
  await assert.rejects(redis.eval("return redis.call('GET')", 0), /Wrong number of args/);
  await client.quit();
});

test("a big value", async () => {
  const value = Buffer.alloc(8 << 20, "0123456789");
  await redis.set("big", value);
  assert.equal(Buffer.compare(await redis.getBuffer("big"), value), 0);
});

test("who is connected, and what is served", async () => {
  assert.equal(await redis.client("GETNAME"), "tests");
  assert.match(await redis.client("LIST"), /name=tests/);
  assert.match(await redis.info(), /redis_version:7\.0\.15/);
  const count = await redis.command("COUNT");
  assert.ok(count > 70);
  const reset = connect({ db: 3 });
  await reset.set("k", "in three");
  assert.equal(await redis.exists("k"), 0);
  await reset.quit();
});
