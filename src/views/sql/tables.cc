#include "views/sql/texts.h"

namespace stele::views::sql_text {

const std::string_view kTables = R"sql(
CREATE SCHEMA IF NOT EXISTS stele;
CREATE SCHEMA IF NOT EXISTS elastic;
CREATE SCHEMA IF NOT EXISTS qdrant;
COMMENT ON SCHEMA stele IS 'What Stele serves: see stele.status and stele.publish()';

CREATE TABLE IF NOT EXISTS stele.installed (
  version integer PRIMARY KEY,
  installed timestamptz NOT NULL DEFAULT now()
);

-- Every index and collection. source follows its table through renames and dumps; source_oid is the same for
-- readers of the log.
CREATE TABLE IF NOT EXISTS stele.collection (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (octet_length(name) BETWEEN 1 AND 255),
  database name NOT NULL DEFAULT current_database(),
  source regclass NOT NULL,
  source_oid oid NOT NULL UNIQUE,
  source_schema text NOT NULL,
  source_name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('published', 'elastic', 'qdrant')),
  uuid text NOT NULL DEFAULT
    rtrim(translate(encode(decode(replace(gen_random_uuid()::text, '-', ''), 'hex'), 'base64'), '+/', '-_'), '='),
  options jsonb NOT NULL DEFAULT '{}',
  definition jsonb,
  created timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE stele.collection REPLICA IDENTITY FULL;

-- Aliases, templates, pipelines and scripts of every protocol.
CREATE TABLE IF NOT EXISTS stele.object (
  kind text NOT NULL,
  name text NOT NULL,
  definition jsonb NOT NULL,
  PRIMARY KEY (kind, name)
);
ALTER TABLE stele.object REPLICA IDENTITY FULL;

-- Who follows, by which slot, and how far each collection is there.
CREATE TABLE IF NOT EXISTS stele.node (
  id text PRIMARY KEY,
  slot name NOT NULL,
  started timestamptz NOT NULL DEFAULT now(),
  last_seen timestamptz NOT NULL DEFAULT now(),
  visible pg_lsn,
  status jsonb NOT NULL DEFAULT '{}'
);
ALTER TABLE stele.node REPLICA IDENTITY FULL;

-- What `stele tour` sent and saw: its evidence.
CREATE TABLE IF NOT EXISTS stele.tour (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  level integer NOT NULL,
  item text NOT NULL,
  step integer NOT NULL,
  protocol text NOT NULL,
  request text NOT NULL,
  body text NOT NULL,
  status integer,
  answer text NOT NULL,
  problem text,
  passed boolean GENERATED ALWAYS AS (problem IS NULL) STORED,
  took_us bigint NOT NULL
);

CREATE OR REPLACE VIEW stele.status AS
SELECT c.name AS collection,
       c.kind,
       c.source::text AS source,
       n.id AS node,
       coalesce(s.value->>'state', 'building') AS state,
       s.value->>'reason' AS reason,
       (s.value->>'documents')::bigint AS documents,
       (s.value->>'left_out')::bigint AS values_left_out,
       s.value->>'left_out_example' AS left_out_example,
       s.value->'columns_left_out' AS columns_left_out,
       n.visible,
       n.last_seen
  FROM stele.collection c
 CROSS JOIN stele.node n
  LEFT JOIN LATERAL jsonb_each(n.status->'collections') s ON s.key = c.id::text;
)sql";

const std::string_view kTriggers = R"sql(
-- Keeps source_oid and the names beside source, and lets nobody speak for a table that is not his.
CREATE OR REPLACE FUNCTION stele.guard_collection() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  the_owner oid;
  checked oid := CASE WHEN TG_OP = 'DELETE' THEN OLD.source_oid ELSE NEW.source::oid END;
BEGIN
  SELECT relowner INTO the_owner FROM pg_catalog.pg_class WHERE oid = checked;
  IF NOT pg_has_role((SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'USAGE')
     AND (the_owner IS NULL OR NOT pg_has_role(the_owner, 'USAGE')) THEN
    RAISE insufficient_privilege USING MESSAGE = format('must be owner of table %s', checked::regclass);
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  NEW.source_oid := NEW.source::oid;
  SELECT n.nspname, c.relname INTO NEW.source_schema, NEW.source_name
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE c.oid = NEW.source;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON stele.collection
  FOR EACH ROW EXECUTE FUNCTION stele.guard_collection();

-- _version counts the writes of a document, _seq_no is another one at each of them, whoever writes. A writer
-- that sets a higher _version keeps it (external versions).
CREATE OR REPLACE FUNCTION elastic.set_version() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  -- An inserted row has its _seq_no from the column's default.
  IF TG_OP = 'INSERT' THEN
    NEW._version := coalesce(NEW._version, 1);
    RETURN NEW;
  END IF;
  IF NEW._version IS NULL OR NEW._version <= OLD._version THEN
    NEW._version := OLD._version + 1;
  END IF;
  NEW._seq_no := nextval(TG_ARGV[0]::regclass);
  RETURN NEW;
END $$;

-- An index: its table, its place in the publication and its row here, in one transaction before any data.
CREATE OR REPLACE FUNCTION stele.create_index(index_name text, table_name text, given jsonb) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  made bigint;
BEGIN
  EXECUTE format('CREATE TABLE elastic.%I (
                    _id text PRIMARY KEY,
                    _source json NOT NULL,
                    _version bigint NOT NULL,
                    _seq_no bigint GENERATED BY DEFAULT AS IDENTITY (MINVALUE 0 START 0),
                    _routing text)', table_name);
  EXECUTE format('CREATE TRIGGER set_version BEFORE INSERT OR UPDATE ON elastic.%I
                    FOR EACH ROW EXECUTE FUNCTION elastic.set_version(%L)', table_name,
                 pg_get_serial_sequence(format('elastic.%I', table_name), '_seq_no'));
  EXECUTE format('GRANT USAGE ON SEQUENCE %s TO PUBLIC',
                 pg_get_serial_sequence(format('elastic.%I', table_name), '_seq_no'));
  EXECUTE format('ALTER PUBLICATION stele ADD TABLE elastic.%I', table_name);
  INSERT INTO stele.collection (name, source, kind, definition)
  VALUES (index_name, format('elastic.%I', table_name)::regclass, 'elastic', given)
  RETURNING id INTO made;
  RETURN made;
END $$;
)sql";

}  // namespace stele::views::sql_text
