// A day's work of a pg user through the SQL head.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import pg from "pg";
import { startStele } from "./stele.js";

let stele;
let pool;
const settings = () => ({ host: "127.0.0.1", port: stele.ports.sql, user: "postgres", database: "postgres" });

async function connect() {
  const client = new pg.Client(settings());
  await client.connect();
  return client;
}

before(async () => {
  stele = await startStele();
  pool = new pg.Pool({ ...settings(), max: 8 });
});

after(async () => {
  await pool?.end();
  await stele?.stop();
});

test("ddl, rows and their types", async () => {
  await pool.query(
    "CREATE TABLE film (id bigint PRIMARY KEY, title text, rate numeric, good boolean, tags text[], extra jsonb, day timestamptz)",
  );
  const day = new Date("2026-02-28T23:59:59.123Z");
  const row = ["9007199254740993", "Gr\u00fc\u00dfe \u{1f5ff}", "12.50", true, ["a", 'b"c', null], { deep: [1, null] }, day];
  const inserted = await pool.query("INSERT INTO film VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *", row);
  assert.equal(inserted.command, "INSERT");
  assert.equal(inserted.rowCount, 1);
  assert.deepEqual(Object.values(inserted.rows[0]), row);
  const arrays = await pool.query({ text: "SELECT id, title FROM film", rowMode: "array" });
  assert.deepEqual(arrays.rows, [["9007199254740993", "Gr\u00fc\u00dfe \u{1f5ff}"]]);
  assert.deepEqual(arrays.fields.map((field) => field.name), ["id", "title"]);
});

test("binary results", async () => {
  const client = new pg.Client({ ...settings(), binary: true });
  await client.connect();
  const { rows } = await client.query("SELECT 7::int4 AS i, 1.5::float8 AS f, 'x'::text AS t, true AS b");
  assert.deepEqual(rows, [{ i: 7, f: 1.5, t: "x", b: true }]);
  await client.end();
});

test("named prepared statements are prepared once", async () => {
  const client = await connect();
  for (let i = 0; i < 50; i++) {
    const { rows } = await client.query({ name: "plus", text: "SELECT $1::int + 1 AS n", values: [i] });
    assert.equal(rows[0].n, i + 1);
  }
  const { rows } = await client.query("SELECT count(*)::int AS n FROM pg_prepared_statements WHERE name = 'plus'");
  assert.equal(rows[0].n, 1);
  await client.end();
});

test("errors carry their fields and leave the connection usable", async () => {
  const client = await connect();
  await assert.rejects(client.query("SELECT * FROM no_such_table"), { code: "42P01", severity: "ERROR", position: "15" });
  await client.query("CREATE TEMP TABLE t (id int PRIMARY KEY)");
  await client.query("INSERT INTO t VALUES (1)");
  await assert.rejects(client.query("INSERT INTO t VALUES ($1)", [1]), {
    code: "23505",
    detail: "Key (id)=(1) already exists.",
    constraint: "t_pkey",
  });
  await assert.rejects(client.query("SELECT $1::int", ["x"]), { code: "22P02" });
  assert.equal((await client.query("SELECT 1 AS one")).rows[0].one, 1);
  await client.end();
});

test("log-in errors are PostgreSQL's", async () => {
  const client = new pg.Client({ ...settings(), database: "no_such_database" });
  await assert.rejects(client.connect(), { code: "3D000" });
});

test("transactions", async () => {
  await pool.query("CREATE TABLE account (id int PRIMARY KEY, cents int CHECK (cents >= 0))");
  await pool.query("INSERT INTO account VALUES (1, 100), (2, 0)");
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("UPDATE account SET cents = cents + 200 WHERE id = 2");
    await assert.rejects(client.query("UPDATE account SET cents = cents - 200 WHERE id = 1"), { code: "23514" });
    await assert.rejects(client.query("SELECT 1"), { code: "25P02" });
    await client.query("ROLLBACK");
  } finally {
    client.release();
  }
  const { rows } = await pool.query("SELECT cents FROM account ORDER BY id");
  assert.deepEqual(rows, [{ cents: 100 }, { cents: 0 }]);
});

test("a pool of clients increments one row without losing any", async () => {
  await pool.query("CREATE TABLE counter (id int PRIMARY KEY, n int)");
  await pool.query("INSERT INTO counter VALUES (1, 0)");
  await Promise.all(Array.from({ length: 200 }, () => pool.query("UPDATE counter SET n = n + 1 WHERE id = 1")));
  assert.equal((await pool.query("SELECT n FROM counter")).rows[0].n, 200);
});

test("queued queries of one client are answered in their order", async () => {
  const client = await connect();
  const results = await Promise.all(
    Array.from({ length: 100 }, (_, i) => client.query("SELECT $1::int AS i, pg_sleep(0)", [i])),
  );
  assert.deepEqual(results.map((result) => result.rows[0].i), Array.from({ length: 100 }, (_, i) => i));
  await client.end();
});

test("several statements in one text", async () => {
  const results = await pool.query("SELECT 1 AS a; SELECT 2 AS b; SELECT 3 AS c WHERE false");
  assert.deepEqual(results.map((result) => result.rows), [[{ a: 1 }], [{ b: 2 }], []]);
});

test("notices", async () => {
  const client = await connect();
  const notices = [];
  client.on("notice", (notice) => notices.push([notice.severity, notice.message]));
  await client.query("DO $$ BEGIN RAISE NOTICE 'hello %', 7; RAISE WARNING 'careful'; END $$");
  assert.deepEqual(notices, [["NOTICE", "hello 7"], ["WARNING", "careful"]]);
  await client.end();
});

test("notifications", async () => {
  const listener = await connect();
  await listener.query("LISTEN news");
  const heard = once(listener, "notification");
  await pool.query("SELECT pg_notify('news', $1)", ["from far"]);
  const [notification] = await heard;
  assert.equal(notification.channel, "news");
  assert.equal(notification.payload, "from far");
  await listener.end();
});

test("a cancelled query", async () => {
  const client = await connect();
  const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
  const running = assert.rejects(client.query("SELECT pg_sleep(600)"), { code: "57014" });
  for (;;) {
    const active = await pool.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'", [rows[0].pid]);
    if (active.rowCount === 1) break;
  }
  await pool.query("SELECT pg_cancel_backend($1)", [rows[0].pid]);
  await running;
  assert.equal((await client.query("SELECT 1 AS one")).rows[0].one, 1);
  await client.end();
});

test("a large result", async () => {
  const { rows } = await pool.query("SELECT i, repeat('x', 500) AS t FROM generate_series(1, 50000) i");
  assert.equal(rows.length, 50000);
  assert.equal(rows[49999].i, 50000);
  assert.ok(rows.every((row) => row.t.length === 500));
});

test("a large parameter", async () => {
  const text = "y".repeat(10 << 20);
  const { rows } = await pool.query("SELECT length($1) AS n, $1 AS t", [text]);
  assert.equal(rows[0].n, text.length);
  assert.equal(rows[0].t, text);
});

test("the position of the log", async () => {
  await pool.query("CREATE TABLE moves (id int PRIMARY KEY)");
  const { rows } = await pool.query("SHOW stele.lsn");
  assert.match(Object.values(rows[0])[0], /^[0-9A-F]+\/[0-9A-F]+$/);
});
