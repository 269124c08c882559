// A day's work of an @elastic/elasticsearch user, with what an SQL client beside sees of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client, errors } from "@elastic/elasticsearch";
import pg from "pg";
import { startStele } from "./stele.js";

let stele;
let client;
let sql;

before(async () => {
  stele = await startStele();
  client = new Client({ node: `http://127.0.0.1:${stele.ports.elastic}`, maxRetries: 0, requestTimeout: 60_000 });
  sql = new pg.Client({ host: "127.0.0.1", port: stele.ports.sql, user: "postgres", database: "postgres" });
  await sql.connect();
});

after(async () => {
  await client?.close();
  await sql?.end();
  await stele?.stop();
});

const ids = (reply) => reply.hits.hits.map((hit) => hit._id);

async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof errors.ResponseError, String(error));
    return error;
  }
  return assert.fail("it did not fail");
}

test("info and product check", async () => {
  const { body, headers } = await client.info({}, { meta: true });
  assert.equal(body.tagline, "You Know, for Search");
  assert.equal(headers["x-elastic-product"], "Elasticsearch");
  assert.equal(await client.ping(), true);
});

test("version 9's media type is answered in kind", async () => {
  const { headers } = await client.info({}, { meta: true });
  assert.match(headers["content-type"], /application\/(vnd\.elasticsearch\+)?json/);
});

test("an index from its mapping to its end", async () => {
  assert.equal(await client.indices.exists({ index: "life" }), false);
  const created = await client.indices.create({ index: "life", mappings: { properties: { title: { type: "text" } } } });
  assert.deepEqual(created, { acknowledged: true, shards_acknowledged: true, index: "life" });
  const mapping = await client.indices.getMapping({ index: "life" });
  assert.deepEqual(mapping.life.mappings.properties, { title: { type: "text" } });
  const again = await rejection(client.indices.create({ index: "life" }));
  assert.equal(again.statusCode, 400);
  assert.equal(again.body.error.type, "resource_already_exists_exception");
  assert.deepEqual(await client.indices.delete({ index: "life" }), { acknowledged: true });
  const gone = await rejection(client.indices.get({ index: "life" }));
  assert.equal(gone.statusCode, 404);
  assert.equal(gone.body.error.type, "index_not_found_exception");
});

test("documents", async () => {
  const made = await client.index({ index: "docs", id: "1", document: { n: 1 }, refresh: true });
  assert.equal(made.result, "created");
  assert.equal(made._version, 1);
  const got = await client.get({ index: "docs", id: "1" });
  assert.deepEqual(got._source, { n: 1 });
  const updated = await client.update({ index: "docs", id: "1", doc: { m: 2 } });
  assert.equal(updated.result, "updated");
  assert.deepEqual(await client.getSource({ index: "docs", id: "1" }), { n: 1, m: 2 });
  const conflict = await rejection(
    client.index({ index: "docs", id: "1", document: {}, if_seq_no: made._seq_no, if_primary_term: made._primary_term }),
  );
  assert.equal(conflict.statusCode, 409);
  assert.equal(conflict.body.error.type, "version_conflict_engine_exception");
  assert.equal((await rejection(client.create({ index: "docs", id: "1", document: {} }))).statusCode, 409);
  assert.equal((await client.delete({ index: "docs", id: "1" })).result, "deleted");
  assert.equal(await client.exists({ index: "docs", id: "1" }), false);
  const missing = await rejection(client.get({ index: "docs", id: "1" }));
  assert.equal(missing.statusCode, 404);
  assert.equal(missing.body.found, false);
});

test("the bulk helper and mget", async () => {
  const datasource = Array.from({ length: 3000 }, (_, i) => ({ id: String(i), n: i, text: `document number ${i}` }));
  const result = await client.helpers.bulk({
    datasource,
    flushBytes: 100_000,
    concurrency: 4,
    onDocument: (doc) => ({ index: { _index: "many", _id: doc.id } }),
  });
  assert.equal(result.total, 3000);
  assert.equal(result.successful, 3000);
  assert.equal(result.failed, 0);
  assert.equal((await client.count({ index: "many" })).count, 3000);
  const { docs } = await client.mget({ index: "many", ids: ["7", "none"] });
  assert.deepEqual(docs.map((doc) => doc.found), [true, false]);
  const dropped = [];
  const second = await client.helpers.bulk({
    datasource: [{ id: "1" }, { id: "new" }],
    onDocument: (doc) => ({ create: { _index: "many", _id: doc.id } }),
    onDrop: (drop) => dropped.push(drop.status),
  });
  assert.deepEqual([second.successful, second.failed, dropped], [1, 1, [409]]);
});

test("searches", async () => {
  const books = [
    { title: "The Rosetta Stone", year: 1822, tags: ["egypt", "script"], v: [1, 0] },
    { title: "Three scripts on one stone", year: 1824, tags: ["script"], v: [0, 1] },
    { title: "Standing stones", year: 1990, tags: ["france"], v: [1, 1] },
  ];
  await client.indices.create({
    index: "books",
    mappings: {
      properties: {
        title: { type: "text" },
        year: { type: "integer" },
        tags: { type: "keyword" },
        v: { type: "dense_vector", dims: 2, similarity: "cosine" },
      },
    },
  });
  const operations = books.flatMap((book, i) => [{ index: { _index: "books", _id: String(i) } }, book]);
  assert.equal((await client.bulk({ operations, refresh: true })).errors, false);
  const found = async (query) => ids(await client.search({ index: "books", query, sort: ["year"] }));
  assert.deepEqual(await found({ match: { title: "stone" } }), ["0", "1"]);
  assert.deepEqual(await found({ match_phrase: { title: "one stone" } }), ["1"]);
  assert.deepEqual(await found({ multi_match: { query: "rosetta standing", fields: ["title"] } }), ["0", "2"]);
  assert.deepEqual(await found({ bool: { filter: [{ term: { tags: "script" } }], must_not: { range: { year: { lt: 1823 } } } } }), ["1"]);
  assert.deepEqual(await found({ terms: { tags: ["egypt", "france"] } }), ["0", "2"]);
  assert.deepEqual(await found({ prefix: { tags: "fr" } }), ["2"]);
  assert.deepEqual(await found({ exists: { field: "nothing" } }), []);
  const near = await client.search({ index: "books", knn: { field: "v", query_vector: [1, 0.1], k: 2, num_candidates: 10 } });
  assert.deepEqual(ids(near), ["0", "2"]);
  const page = await client.search({ index: "books", sort: [{ year: "desc" }], size: 1, _source: ["title"], track_total_hits: true });
  assert.deepEqual(page.hits.hits[0]._source, { title: "Standing stones" });
  assert.deepEqual(page.hits.total, { value: 3, relation: "eq" });
  const next = await client.search({ index: "books", sort: [{ year: "desc" }], size: 1, search_after: page.hits.hits[0].sort });
  assert.deepEqual(ids(next), ["1"]);
});

test("mistakes are answered in Elasticsearch's form", async () => {
  await client.index({ index: "strict", id: "1", document: { n: 1 } });
  const unknown = await rejection(client.search({ index: "strict", query: { no_such_query: {} } }));
  assert.equal(unknown.statusCode, 400);
  assert.equal(unknown.body.error.type, "parsing_exception");
  assert.match(unknown.body.error.reason, /no_such_query/);
  assert.ok(unknown.body.error.root_cause.length > 0);
  const parameter = await rejection(client.search({ index: "strict" }, { querystring: { no_such: 1 } }));
  assert.match(parameter.body.error.reason, /unrecognized parameter: \[no_such\]/);
  assert.equal((await rejection(client.search({ index: "no_such_index" }))).statusCode, 404);
});

test("cat, health and refresh", async () => {
  await client.index({ index: "seen", id: "1", document: { n: 1 } });
  const rows = await client.cat.indices({ index: "seen", format: "json" });
  assert.equal(rows[0]["docs.count"], "1");
  assert.ok(["green", "yellow"].includes((await client.cluster.health()).status));
  assert.equal((await client.indices.refresh({ index: "seen" }))._shards.failed, 0);
});

test("what is written here is a row, and a row is found here at once", async () => {
  const { headers } = await client.index({ index: "shared", id: "1", document: { title: "by elastic" } }, { meta: true });
  assert.match(headers["x-stele-lsn"], /^[0-9A-F]+\/[0-9A-F]+$/);
  const { rows } = await sql.query("SELECT _id, _source->>'title' AS title FROM elastic.shared");
  assert.deepEqual(rows, [{ _id: "1", title: "by elastic" }]);
  for (let i = 0; i < 20; i++) {
    await sql.query("INSERT INTO elastic.shared (_id, _source) VALUES ($1, $2)", [`s${i}`, JSON.stringify({ title: `sql ${i}` })]);
    assert.deepEqual(ids(await client.search({ index: "shared", query: { match_phrase: { title: `sql ${i}` } } })), [`s${i}`]);
  }
});
