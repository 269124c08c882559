#include "views/sql/texts.h"

namespace stele::views::sql_text {

// The durable keys. Names, fields and values are bytes; a digest stands in the indexes, where long ones do
// not fit. An element belongs to its key by key_id alone: a foreign key would cost a look-up a row.
const std::string_view kKeys = R"sql(
CREATE SCHEMA IF NOT EXISTS redis;
COMMENT ON SCHEMA redis IS 'The durable keys of Redis clients: see the views redis.string, redis.hash, …';

-- Stele counts ids upwards, SQL counts them downwards from far above: they never meet.
CREATE SEQUENCE IF NOT EXISTS redis.key_id INCREMENT -1 MINVALUE 2305843009213693952
  MAXVALUE 4611686018427387904 START 4611686018427387904;

CREATE TABLE IF NOT EXISTS redis.key (
  id bigint PRIMARY KEY DEFAULT nextval('redis.key_id'),
  db integer NOT NULL DEFAULT 0 CHECK (db BETWEEN 0 AND 65535),
  name bytea NOT NULL CHECK (octet_length(name) <= 67108864),
  digest bytea GENERATED ALWAYS AS (sha256(name)) STORED,
  type text NOT NULL CONSTRAINT key_type CHECK (type IN ('string', 'hash', 'list', 'set', 'zset', 'stream')),
  expires_at timestamptz,
  rev bigint NOT NULL DEFAULT 0,
  -- Two keys may change places in one transaction.
  UNIQUE (db, digest) DEFERRABLE INITIALLY DEFERRED
);

-- Older nodes knew two types.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_constraint
              WHERE conrelid = 'redis.key'::regclass AND conname = 'key_type_check') THEN
    ALTER TABLE redis.key DROP CONSTRAINT key_type_check;
  END IF;
END $$;

-- The bytes of a string from number * 65536 on.
CREATE TABLE IF NOT EXISTS redis.string_chunk (
  key_id bigint NOT NULL,
  number integer NOT NULL CHECK (number BETWEEN 0 AND 8191),
  bytes bytea NOT NULL CHECK (octet_length(bytes) BETWEEN 1 AND 65536),
  PRIMARY KEY (key_id, number)
);
ALTER TABLE redis.string_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE IF NOT EXISTS redis.hash_field (
  key_id bigint NOT NULL,
  digest bytea NOT NULL,
  field bytea NOT NULL CHECK (octet_length(field) <= 67108864),
  value bytea NOT NULL CHECK (octet_length(value) <= 67108864),
  PRIMARY KEY (key_id, digest)
);

-- A field whose time is over is gone for every reader, though its row may stay for a while.
ALTER TABLE redis.hash_field ADD COLUMN IF NOT EXISTS expires_at timestamptz;

-- The elements of a list, in the order of their positions, which have gaps: between two of them, or beyond
-- the last, there is room for more. Nobody but the rows' order says what an element's index is.
CREATE TABLE IF NOT EXISTS redis.list_element (
  key_id bigint NOT NULL,
  position bigint NOT NULL,
  value bytea NOT NULL CHECK (octet_length(value) <= 67108864),
  PRIMARY KEY (key_id, position)
);

CREATE TABLE IF NOT EXISTS redis.set_member (
  key_id bigint NOT NULL,
  digest bytea NOT NULL,
  member bytea NOT NULL CHECK (octet_length(member) <= 67108864),
  PRIMARY KEY (key_id, digest)
);

CREATE TABLE IF NOT EXISTS redis.zset_member (
  key_id bigint NOT NULL,
  digest bytea NOT NULL,
  member bytea NOT NULL CHECK (octet_length(member) <= 67108864),
  score double precision NOT NULL CHECK (score <> 'NaN'),
  PRIMARY KEY (key_id, digest)
);

-- A stream: its entries by id, in sixteen bytes (redis.stream_id('5-1') makes them), each with its fields
-- packed (redis.stream_fields('name', 'value', …) does it). What was given so far stands in the state; an
-- entry beyond its last id is a new one.
CREATE TABLE IF NOT EXISTS redis.stream_entry (
  key_id bigint NOT NULL,
  id bytea NOT NULL CHECK (octet_length(id) = 16),
  fields bytea NOT NULL CHECK (octet_length(fields) <= 67108864),
  PRIMARY KEY (key_id, id)
);
CREATE TABLE IF NOT EXISTS redis.stream_state (
  key_id bigint PRIMARY KEY,
  last_id bytea NOT NULL CHECK (octet_length(last_id) = 16),
  max_deleted_id bytea NOT NULL CHECK (octet_length(max_deleted_id) = 16),
  entries_added bigint NOT NULL
);
-- Its groups, their consumers, and what was delivered to these and not acknowledged.
CREATE TABLE IF NOT EXISTS redis.stream_group (
  key_id bigint NOT NULL,
  digest bytea NOT NULL,
  name bytea NOT NULL CHECK (octet_length(name) <= 67108864),
  last_id bytea NOT NULL CHECK (octet_length(last_id) = 16),
  entries_read bigint,
  PRIMARY KEY (key_id, digest)
);
CREATE TABLE IF NOT EXISTS redis.stream_consumer (
  key_id bigint NOT NULL,
  group_digest bytea NOT NULL,
  digest bytea NOT NULL,
  name bytea NOT NULL CHECK (octet_length(name) <= 67108864),
  seen_at timestamptz NOT NULL DEFAULT now() CHECK (isfinite(seen_at)),
  PRIMARY KEY (key_id, group_digest, digest)
);
CREATE TABLE IF NOT EXISTS redis.stream_pending (
  key_id bigint NOT NULL,
  group_digest bytea NOT NULL,
  id bytea NOT NULL CHECK (octet_length(id) = 16),
  consumer bytea NOT NULL CHECK (octet_length(consumer) <= 67108864),
  delivered_at timestamptz NOT NULL DEFAULT now() CHECK (isfinite(delivered_at)),
  deliveries bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (key_id, group_digest, id)
);

-- Libraries of functions, as FUNCTION LOAD brought them.
CREATE TABLE IF NOT EXISTS redis.library (
  name text PRIMARY KEY,
  code bytea NOT NULL
);

-- Generated columns could not stand in the publication's column list.
CREATE OR REPLACE FUNCTION redis.set_field_digest() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.digest := sha256(NEW.field);
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER digest BEFORE INSERT OR UPDATE ON redis.hash_field
  FOR EACH ROW WHEN (NEW.digest IS DISTINCT FROM sha256(NEW.field)) EXECUTE FUNCTION redis.set_field_digest();
CREATE OR REPLACE FUNCTION redis.set_member_digest() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.digest := sha256(NEW.member);
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER digest BEFORE INSERT OR UPDATE ON redis.set_member
  FOR EACH ROW WHEN (NEW.digest IS DISTINCT FROM sha256(NEW.member)) EXECUTE FUNCTION redis.set_member_digest();
CREATE OR REPLACE TRIGGER digest BEFORE INSERT OR UPDATE ON redis.zset_member
  FOR EACH ROW WHEN (NEW.digest IS DISTINCT FROM sha256(NEW.member)) EXECUTE FUNCTION redis.set_member_digest();
CREATE OR REPLACE FUNCTION redis.set_name_digest() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.digest := sha256(NEW.name);
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER digest BEFORE INSERT OR UPDATE ON redis.stream_group
  FOR EACH ROW WHEN (NEW.digest IS DISTINCT FROM sha256(NEW.name)) EXECUTE FUNCTION redis.set_name_digest();
CREATE OR REPLACE TRIGGER digest BEFORE INSERT OR UPDATE ON redis.stream_consumer
  FOR EACH ROW WHEN (NEW.digest IS DISTINCT FROM sha256(NEW.name)) EXECUTE FUNCTION redis.set_name_digest();

-- A key takes its elements with it. Only the table of its type is looked at, so that one that is missing
-- concerns its own type alone.
CREATE OR REPLACE FUNCTION redis.delete_elements() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM gone WHERE type = 'string') THEN
    DELETE FROM redis.string_chunk e USING gone WHERE e.key_id = gone.id;
  END IF;
  IF EXISTS (SELECT FROM gone WHERE type = 'hash') THEN
    DELETE FROM redis.hash_field e USING gone WHERE e.key_id = gone.id;
  END IF;
  IF EXISTS (SELECT FROM gone WHERE type = 'list') THEN
    DELETE FROM redis.list_element e USING gone WHERE e.key_id = gone.id;
  END IF;
  IF EXISTS (SELECT FROM gone WHERE type = 'set') THEN
    DELETE FROM redis.set_member e USING gone WHERE e.key_id = gone.id;
  END IF;
  IF EXISTS (SELECT FROM gone WHERE type = 'zset') THEN
    DELETE FROM redis.zset_member e USING gone WHERE e.key_id = gone.id;
  END IF;
  IF EXISTS (SELECT FROM gone WHERE type = 'stream') THEN
    DELETE FROM redis.stream_entry e USING gone WHERE e.key_id = gone.id;
    DELETE FROM redis.stream_state e USING gone WHERE e.key_id = gone.id;
    DELETE FROM redis.stream_group e USING gone WHERE e.key_id = gone.id;
    DELETE FROM redis.stream_consumer e USING gone WHERE e.key_id = gone.id;
    DELETE FROM redis.stream_pending e USING gone WHERE e.key_id = gone.id;
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION redis.truncate_elements() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE redis.string_chunk, redis.hash_field, redis.list_element, redis.set_member, redis.zset_member,
    redis.stream_entry, redis.stream_state, redis.stream_group, redis.stream_consumer, redis.stream_pending;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER elements AFTER DELETE ON redis.key
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION redis.delete_elements();
CREATE OR REPLACE TRIGGER elements_all AFTER TRUNCATE ON redis.key
  FOR EACH STATEMENT EXECUTE FUNCTION redis.truncate_elements();

-- A group takes its consumers and what is pending with it.
CREATE OR REPLACE FUNCTION redis.delete_group() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM redis.stream_consumer e USING gone WHERE e.key_id = gone.key_id AND e.group_digest = gone.digest;
  DELETE FROM redis.stream_pending e USING gone WHERE e.key_id = gone.key_id AND e.group_digest = gone.digest;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER members AFTER DELETE ON redis.stream_group
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION redis.delete_group();

-- Bytes as text where they are UTF-8 without NUL, else as bytea's escape format.
CREATE OR REPLACE FUNCTION redis.to_text(bytes bytea) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  RETURN convert_from(bytes, 'UTF8');
EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character THEN
  RETURN encode(bytes, 'escape');
END $$;

-- "ms-sequence" as the sixteen bytes of an id, and back.
CREATE OR REPLACE FUNCTION redis.stream_id(id text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT string_agg(substring(int8send(trunc(n / 4294967296)::bigint) FROM 5)
                    || substring(int8send(mod(n, 4294967296)::bigint) FROM 5), ''::bytea ORDER BY place)
    FROM (VALUES (1, split_part(id, '-', 1)::numeric),
                 (2, coalesce(nullif(split_part(id, '-', 2), ''), '0')::numeric)) v(place, n)
$$;
CREATE OR REPLACE FUNCTION redis.stream_id_text(id bytea) RETURNS text
LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT string_agg((('x' || encode(substring(id FROM place FOR 4), 'hex'))::bit(32)::bigint * 4294967296::numeric
                     + ('x' || encode(substring(id FROM place + 4 FOR 4), 'hex'))::bit(32)::bigint)::text, '-' ORDER BY place)
    FROM (VALUES (1), (9)) v(place)
$$;
-- The fields of an entry: names and values in turn, each behind its length in four bytes; and back, where the
-- last of two with the same name stays.
CREATE OR REPLACE FUNCTION redis.stream_fields(VARIADIC parts text[]) RETURNS bytea
LANGUAGE sql STABLE STRICT AS $$
  SELECT coalesce(string_agg(int4send(octet_length(convert_to(part, 'UTF8'))) || convert_to(part, 'UTF8'),
                             ''::bytea ORDER BY place), '')
    FROM unnest(parts) WITH ORDINALITY u(part, place)
$$;
CREATE OR REPLACE FUNCTION redis.stream_field_map(packed bytea) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
  place integer := 1;
  size integer;
  part text;
  name text;
  found jsonb := '{}';
BEGIN
  WHILE place + 3 <= octet_length(packed) LOOP
    size := ('x' || encode(substring(packed FROM place FOR 4), 'hex'))::bit(32)::integer;
    EXIT WHEN size < 0 OR size > octet_length(packed) - place - 3;
    part := redis.to_text(substring(packed FROM place + 4 FOR size));
    place := place + 4 + size;
    IF name IS NULL THEN
      name := part;
    ELSE
      found := found || jsonb_build_object(name, part);
      name := NULL;
    END IF;
  END LOOP;
  RETURN found;
END $$;

CREATE OR REPLACE VIEW redis.string AS
SELECT redis.to_text(k.name) AS key,
       redis.to_text(coalesce((SELECT string_agg(c.bytes, ''::bytea ORDER BY c.number)
                                 FROM redis.string_chunk c WHERE c.key_id = k.id), '')) AS value,
       k.expires_at, k.db
  FROM redis.key k
 WHERE k.type = 'string' AND (k.expires_at IS NULL OR k.expires_at > now());

CREATE OR REPLACE VIEW redis.hash AS
SELECT redis.to_text(k.name) AS key, redis.to_text(f.field) AS field, redis.to_text(f.value) AS value,
       k.expires_at, k.db, f.expires_at AS field_expires_at
  FROM redis.key k JOIN redis.hash_field f ON f.key_id = k.id
 WHERE k.type = 'hash' AND (k.expires_at IS NULL OR k.expires_at > now())
   AND (f.expires_at IS NULL OR f.expires_at > now());

CREATE OR REPLACE VIEW redis.list AS
SELECT redis.to_text(k.name) AS key,
       row_number() OVER (PARTITION BY k.id ORDER BY e.position) - 1 AS index,
       redis.to_text(e.value) AS value, k.expires_at, k.db
  FROM redis.key k JOIN redis.list_element e ON e.key_id = k.id
 WHERE k.type = 'list' AND (k.expires_at IS NULL OR k.expires_at > now());

CREATE OR REPLACE VIEW redis.set AS
SELECT redis.to_text(k.name) AS key, redis.to_text(m.member) AS member, k.expires_at, k.db
  FROM redis.key k JOIN redis.set_member m ON m.key_id = k.id
 WHERE k.type = 'set' AND (k.expires_at IS NULL OR k.expires_at > now());

CREATE OR REPLACE VIEW redis.zset AS
SELECT redis.to_text(k.name) AS key, redis.to_text(m.member) AS member, m.score, k.expires_at, k.db
  FROM redis.key k JOIN redis.zset_member m ON m.key_id = k.id
 WHERE k.type = 'zset' AND (k.expires_at IS NULL OR k.expires_at > now());

CREATE OR REPLACE VIEW redis.stream AS
SELECT redis.to_text(k.name) AS key, redis.stream_id_text(e.id) AS id,
       redis.stream_field_map(e.fields) AS fields, k.expires_at, k.db
  FROM redis.key k JOIN redis.stream_entry e ON e.key_id = k.id
 WHERE k.type = 'stream' AND (k.expires_at IS NULL OR k.expires_at > now());

-- Which node writes the durable keys. A flush proves by its row that it is still the owner's, and leaves its
-- number there, so that its outcome is known whatever became of the connection.
CREATE TABLE IF NOT EXISTS stele.key_owner (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  node text NOT NULL,
  epoch bigint NOT NULL,
  flush bigint NOT NULL DEFAULT 0,
  seen timestamptz NOT NULL DEFAULT now()
);

-- Prefixes of keys whose rows are those of a published table.
CREATE TABLE IF NOT EXISTS stele.key_map (
  prefix text PRIMARY KEY CHECK (octet_length(prefix) BETWEEN 1 AND 255),
  source_oid oid NOT NULL REFERENCES stele.collection (source_oid) ON DELETE CASCADE,
  options jsonb NOT NULL DEFAULT '{}',
  created timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE stele.key_map REPLICA IDENTITY FULL;

CREATE OR REPLACE FUNCTION stele.guard_key_map() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  mapped oid := CASE WHEN TG_OP = 'DELETE' THEN OLD.source_oid ELSE NEW.source_oid END;
  the_owner oid := (SELECT relowner FROM pg_catalog.pg_class WHERE oid = mapped);
BEGIN
  IF NOT pg_has_role((SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'USAGE')
     AND (the_owner IS NULL OR NOT pg_has_role(the_owner, 'USAGE')) THEN
    RAISE insufficient_privilege USING MESSAGE = format('must be owner of table %s', mapped::regclass);
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON stele.key_map
  FOR EACH ROW EXECUTE FUNCTION stele.guard_key_map();

CREATE OR REPLACE FUNCTION stele.map_keys(prefix text, source regclass, options jsonb DEFAULT '{}') RETURNS text
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  given jsonb := coalesce(options, '{}');
  other text;
  columns integer;
BEGIN
  IF jsonb_typeof(given) <> 'object' THEN
    RAISE invalid_parameter_value USING MESSAGE = 'the options of stele.map_keys are a JSON object';
  END IF;
  SELECT key INTO other FROM jsonb_each(given)
   WHERE NOT (key IN ('insert', 'delete') AND jsonb_typeof(value) = 'boolean'
              OR key = 'key' AND jsonb_typeof(value) = 'string') LIMIT 1;
  IF other IS NOT NULL THEN
    RAISE invalid_parameter_value USING MESSAGE = format('unknown option of stele.map_keys: "%s"', other),
      HINT = 'There are "insert" and "delete", true or false, and "key", the name of a column.';
  END IF;
  IF NOT EXISTS (SELECT FROM stele.collection c WHERE c.source_oid = source::oid AND c.kind = 'published') THEN
    RAISE object_not_in_prerequisite_state USING MESSAGE = format('%s is not published', source),
      HINT = format('SELECT stele.publish(%L) first.', source);
  END IF;
  SELECT indnkeyatts INTO columns FROM pg_catalog.pg_index WHERE indrelid = source AND indisprimary;
  IF given ? 'key' THEN
    -- A deleted row is told by the stream with its replica identity alone, so that must have the column.
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_class c
                     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = given->>'key' AND a.attnotnull
                     JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisunique AND i.indisvalid
                      AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum
                    WHERE c.oid = source
                      AND (i.indisprimary AND c.relreplident = 'd' OR c.relreplident = 'f'
                           OR EXISTS (SELECT FROM pg_catalog.pg_index r WHERE r.indrelid = c.oid AND r.indisreplident
                                       AND a.attnum = ANY ((r.indkey::int2[])[0:r.indnkeyatts - 1])))) THEN
      RAISE object_not_in_prerequisite_state USING
        MESSAGE = format('the column "%s" of %s is no key', given->>'key', source),
        HINT = format('It must be NOT NULL and UNIQUE, and in the replica identity: ALTER TABLE %s REPLICA IDENTITY USING '
                      'INDEX one that is unique over the primary key and this column, or FULL.', source);
    END IF;
  ELSIF columns <> 1 THEN
    RAISE feature_not_supported USING
      MESSAGE = format('the primary key of %s has %s columns', source, columns),
      DETAIL = 'A mapped key is the prefix and the text of one column.';
  END IF;
  SELECT m.prefix INTO other FROM (SELECT k.prefix FROM stele.key_map k UNION ALL
                                   SELECT k.prefix FROM stele.key_cache k) m
   WHERE starts_with(m.prefix, prefix) OR starts_with(prefix, m.prefix) LIMIT 1;
  IF other IS NOT NULL THEN
    RAISE duplicate_object USING MESSAGE = format('the prefix "%s" is mapped already', other),
      HINT = format('SELECT stele.unmap_keys(%L) first.', other);
  END IF;
  IF EXISTS (SELECT FROM redis.key k
              WHERE substring(k.name FROM 1 FOR octet_length(prefix)) = convert_to(prefix, 'UTF8')) THEN
    RAISE object_not_in_prerequisite_state USING
      MESSAGE = format('there are keys that begin with "%s"', prefix),
      HINT = 'They are values of their own: remove or rename them first.';
  END IF;
  INSERT INTO stele.key_map (prefix, source_oid, options) VALUES (prefix, source, given);
  RETURN prefix;
END $$;

CREATE OR REPLACE FUNCTION stele.map_keys(prefix text, source text, options jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql AS $$ SELECT stele.map_keys(prefix, source::regclass, options) $$;

CREATE OR REPLACE FUNCTION stele.unmap_keys(prefix text) RETURNS text
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
BEGIN
  DELETE FROM stele.key_map m WHERE m.prefix = prefix;
  IF NOT FOUND THEN
    RAISE undefined_object USING MESSAGE = format('the prefix "%s" is not mapped', prefix);
  END IF;
  RETURN prefix;
END $$;

CREATE OR REPLACE VIEW stele.key_status AS
SELECT n.id AS node,
       (n.status #>> '{keys,owner}')::boolean AS owner,
       (n.status #>> '{keys,loading}')::boolean AS loading,
       n.status #>> '{keys,flush_error}' AS flush_error,
       n.status #> '{keys,refused}' AS refused,
       n.status #> '{keys,mappings}' AS mappings,
       n.last_seen
  FROM stele.node n;
)sql";

// Of the keys' tables the stream carries what is needed to know which key it is: its owner knows what it
// wrote, and who must know more asks for the whole key. Column lists are there since PostgreSQL 15.
const std::string_view kKeyPublication = R"sql(
DO $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT * FROM (VALUES ('redis', 'key', '(id)'), ('redis', 'string_chunk', '(key_id, number)'),
                                 ('redis', 'hash_field', '(key_id, digest)'),
                                 ('redis', 'list_element', '(key_id, position)'),
                                 ('redis', 'set_member', '(key_id, digest)'),
                                 ('redis', 'zset_member', '(key_id, digest)'),
                                 ('redis', 'stream_entry', '(key_id, id)'),
                                 ('redis', 'stream_state', '(key_id)'),
                                 ('redis', 'stream_group', '(key_id, digest)'),
                                 ('redis', 'stream_consumer', '(key_id, group_digest, digest)'),
                                 ('redis', 'stream_pending', '(key_id, group_digest, id)'), ('stele', 'key_map', ''),
                                 ('stele', 'key_cache', ''))
                         v(schema, name, columns)
            WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_publication_tables p
                               WHERE p.pubname = 'stele' AND p.schemaname = v.schema AND p.tablename = v.name) LOOP
    EXECUTE format('ALTER PUBLICATION stele ADD TABLE %I.%I %s', t.schema, t.name,
                   CASE WHEN current_setting('server_version_num')::int >= 150000 THEN t.columns ELSE '' END);
  END LOOP;
END $$;
)sql";

}  // namespace stele::views::sql_text
