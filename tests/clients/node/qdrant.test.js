// A day's work of an @qdrant/js-client-rest user, with what an SQL client beside sees of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { QdrantClient } from "@qdrant/js-client-rest";
import pg from "pg";
import { startStele } from "./stele.js";

let stele;
let client;
let sql;

before(async () => {
  stele = await startStele();
  client = new QdrantClient({ host: "127.0.0.1", port: stele.ports.qdrant, timeout: 60_000 });
  sql = new pg.Client({ host: "127.0.0.1", port: stele.ports.sql, user: "postgres", database: "postgres" });
  await sql.connect();
  await client.createCollection("cities", { vectors: { size: 4, distance: "Dot" } });
  await client.upsert("cities", {
    wait: true,
    points: [
      { id: 1, vector: [0.05, 0.61, 0.76, 0.74], payload: { city: "Berlin", count: 10 } },
      { id: 2, vector: [0.19, 0.81, 0.75, 0.11], payload: { city: ["Berlin", "London"], count: 20 } },
      { id: 3, vector: [0.36, 0.55, 0.47, 0.94], payload: { city: "Moscow" } },
    ],
  });
});

after(async () => {
  await sql?.end();
  await stele?.stop();
});

const ids = (points) => points.map((point) => point.id);

test("collections", async () => {
  assert.deepEqual(await client.getCollections(), { collections: [{ name: "cities" }] });
  const info = await client.getCollection("cities");
  assert.equal(info.points_count, 3);
  assert.equal(info.config.params.vectors.size, 4);
  assert.deepEqual(await client.collectionExists("cities"), { exists: true });
});

test("search with a filter", async () => {
  const query = [0.2, 0.1, 0.9, 0.7];
  const filter = { must: [{ key: "city", match: { value: "Berlin" } }] };
  const found = await client.query("cities", { query, filter, limit: 3, with_payload: true });
  assert.deepEqual(ids(found.points), [1, 2]);
  assert.deepEqual(found.points[0].payload, { city: "Berlin", count: 10 });
  assert.deepEqual(ids(await client.search("cities", { vector: query, limit: 2 })), [1, 3]);
  assert.deepEqual(ids(await client.recommend("cities", { positive: [1], limit: 1 })), [3]);
  assert.deepEqual(await client.count("cities", { filter, exact: true }), { count: 2 });
});

test("scroll, retrieve, payload", async () => {
  const page = await client.scroll("cities", { limit: 2, with_payload: false });
  assert.deepEqual([ids(page.points), page.next_page_offset], [[1, 2], 3]);
  await client.setPayload("cities", { wait: true, payload: { seen: true }, points: [3] });
  assert.deepEqual((await client.retrieve("cities", { ids: [3] }))[0].payload, { city: "Moscow", seen: true });
  await client.createPayloadIndex("cities", { wait: true, field_name: "count", field_schema: "integer" });
  const ordered = await client.scroll("cities", { order_by: { key: "count", direction: "desc" } });
  assert.deepEqual(ids(ordered.points), [2, 1]);
});

test("what SQL commits is found, and what is written here is a row", async () => {
  await sql.query(`INSERT INTO qdrant.cities VALUES ('9', '{"city": "Oslo"}', '{9,9,9,9}')`);
  const found = await client.query("cities", { query: [1, 1, 1, 1], limit: 1, with_payload: true });
  assert.deepEqual([found.points[0].id, found.points[0].payload], [9, { city: "Oslo" }]);
  await client.delete("cities", { wait: true, points: [9] });
  const { rows } = await sql.query("SELECT id FROM qdrant.cities ORDER BY id");
  assert.deepEqual(rows, [{ id: "1" }, { id: "2" }, { id: "3" }]);
});

test("errors say what is wrong", async () => {
  await assert.rejects(client.query("cities", { query: [1, 2, 3] }), (error) => {
    assert.equal(error.status, 400);
    assert.equal(error.data.status.error, "Wrong input: Vector dimension error: expected dim: 4, got 3");
    return true;
  });
  await assert.rejects(client.getCollection("none"), (error) => error.status === 404);
});
