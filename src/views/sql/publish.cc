#include "views/sql/texts.h"

namespace stele::views::sql_text {

// Every refusal says why and, as its hint, what to do.
const std::string_view kPublish = R"sql(
CREATE OR REPLACE FUNCTION stele.check_publishable(source regclass) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  t record;
  reader oid := (SELECT nspowner FROM pg_catalog.pg_namespace WHERE nspname = 'stele');
BEGIN
  SELECT c.*, n.nspname,
         (SELECT i.indrelid FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisprimary
             AND i.indimmediate) IS NOT NULL AS has_key,
         EXISTS (SELECT FROM pg_catalog.pg_index i
                   JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey::int2[])
                  WHERE i.indrelid = c.oid AND i.indisprimary AND a.attgenerated <> '') AS key_generated,
         EXISTS (SELECT FROM pg_catalog.pg_index i
                   JOIN pg_catalog.pg_index k ON k.indrelid = c.oid AND k.indisprimary
                  WHERE i.indrelid = c.oid AND i.indisreplident
                    AND NOT (k.indkey::int2[])[0:k.indnkeyatts - 1] <@ (i.indkey::int2[])[0:i.indnkeyatts - 1])
           AS other_identity
    INTO t
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE c.oid = source;
  IF t.relkind IN ('v', 'm') THEN
    RAISE wrong_object_type USING
      MESSAGE = format('%s is a view and cannot be published', source),
      DETAIL = 'PostgreSQL''s logical stream carries the changes of tables only.',
      HINT = 'Publish the tables it reads, or keep its rows in a table.';
  ELSIF t.relkind NOT IN ('r', 'p') THEN
    RAISE wrong_object_type USING MESSAGE = format('%s is not a table and cannot be published', source);
  ELSIF t.nspname IN ('stele', 'elastic', 'qdrant', 'redis', 'pg_catalog', 'information_schema') THEN
    RAISE wrong_object_type USING
      MESSAGE = format('%s is in schema %s and cannot be published', source, t.nspname),
      HINT = 'Tables of elastic and qdrant are collections already.';
  ELSIF t.relpersistence <> 'p' THEN
    RAISE wrong_object_type USING
      MESSAGE = format('%s is %s and cannot be published', source,
                       CASE t.relpersistence WHEN 't' THEN 'temporary' ELSE 'unlogged' END),
      DETAIL = 'Its changes are not in the write-ahead log.',
      HINT = CASE t.relpersistence WHEN 'u' THEN format('ALTER TABLE %s SET LOGGED', source) ELSE 'Use an ordinary table.' END;
  ELSIF t.relispartition THEN
    RAISE wrong_object_type USING
      MESSAGE = format('%s is a partition and cannot be published by itself', source),
      HINT = format('Publish %s.', pg_catalog.pg_partition_root(source));
  ELSIF t.relkind = 'r' AND t.relhassubclass THEN
    RAISE wrong_object_type USING
      MESSAGE = format('%s has tables that inherit from it and cannot be published', source),
      HINT = 'Use declarative partitioning.';
  ELSIF t.relrowsecurity THEN
    RAISE feature_not_supported USING
      MESSAGE = format('%s has row security and cannot be published', source),
      DETAIL = 'The logical stream ignores policies, so that everybody would find every row.',
      HINT = format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY, if all readers may see all rows.', source);
  ELSIF NOT t.has_key THEN
    RAISE object_not_in_prerequisite_state USING
      MESSAGE = format('%s has no primary key and cannot be published', source),
      DETAIL = 'Its rows could not be told apart, and PostgreSQL would refuse their UPDATE and DELETE.',
      HINT = format('ALTER TABLE %s ADD PRIMARY KEY (...)', source);
  ELSIF t.key_generated THEN
    RAISE feature_not_supported USING
      MESSAGE = format('the primary key of %s has a generated column', source),
      DETAIL = 'Generated columns are not in PostgreSQL''s logical stream.';
  ELSIF t.relreplident = 'n' OR t.other_identity THEN
    RAISE object_not_in_prerequisite_state USING
      MESSAGE = format('the replica identity of %s has not all columns of its primary key', source),
      HINT = format('ALTER TABLE %s REPLICA IDENTITY DEFAULT', source);
  ELSIF NOT has_table_privilege(reader, source, 'SELECT') OR NOT has_schema_privilege(reader, t.relnamespace, 'USAGE') THEN
    RAISE insufficient_privilege USING
      MESSAGE = format('Stele''s role %s may not read %s', reader::regrole, source),
      HINT = format('GRANT USAGE ON SCHEMA %I TO %s; GRANT SELECT ON %s TO %s', t.nspname, reader::regrole, source,
                    reader::regrole);
  END IF;
END $$;

-- A vector's dimension is said in the options or fixed here, by the rows that are there.
CREATE OR REPLACE FUNCTION stele.fix_dimensions(source regclass, options jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  c record;
  dimension integer;
BEGIN
  FOR c IN SELECT attname::text FROM pg_catalog.pg_attribute
            WHERE attrelid = source AND attnum > 0 AND NOT attisdropped
              AND atttypid IN ('real[]'::regtype, 'double precision[]'::regtype) LOOP
    CONTINUE WHEN options #> ARRAY['vector', c.attname, 'dimension'] IS NOT NULL
               OR options #> ARRAY['fields', c.attname, 'type'] IS NOT NULL
               OR coalesce(options->'exclude' ? c.attname, false);
    EXECUTE format('SELECT array_length(%1$I, 1) FROM %2$s WHERE array_length(%1$I, 1) > 0 LIMIT 1',
                   c.attname, source) INTO dimension;
    IF dimension IS NOT NULL THEN
      options := jsonb_set(jsonb_set(jsonb_set(options, '{vector}', coalesce(options->'vector', '{}')),
                                     ARRAY['vector', c.attname],
                                     coalesce(options #> ARRAY['vector', c.attname], '{}')),
                           ARRAY['vector', c.attname, 'dimension'], to_jsonb(dimension));
    END IF;
  END LOOP;
  RETURN options;
END $$;

CREATE OR REPLACE FUNCTION stele.publish(source regclass, options jsonb DEFAULT '{}') RETURNS text
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  t record;
  given jsonb := coalesce(options, '{}');
  collection_name text;
  owner_of_publication oid;
  unknown text;
BEGIN
  SELECT c.relname, c.relowner, n.nspname INTO t
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = source;
  SELECT pubowner INTO owner_of_publication FROM pg_catalog.pg_publication WHERE pubname = 'stele';
  IF NOT pg_has_role(t.relowner, 'USAGE') THEN
    RAISE insufficient_privilege USING MESSAGE = format('must be owner of table %s', source);
  ELSIF NOT pg_has_role(owner_of_publication, 'USAGE') THEN
    RAISE insufficient_privilege USING
      MESSAGE = format('%s may not publish tables', current_user),
      HINT = format('GRANT %s TO %I', owner_of_publication::regrole, current_user);
  END IF;
  IF jsonb_typeof(given) <> 'object' THEN
    RAISE invalid_parameter_value USING MESSAGE = 'the options of stele.publish are a JSON object';
  END IF;
  SELECT key INTO unknown FROM jsonb_object_keys(given) key
   WHERE key NOT IN ('collection', 'fields', 'exclude', 'vector') LIMIT 1;
  IF unknown IS NOT NULL THEN
    RAISE invalid_parameter_value USING MESSAGE = format('unknown option of stele.publish: "%s"', unknown),
      HINT = 'There are "collection", "fields", "exclude" and "vector".';
  END IF;
  SELECT column_name INTO unknown
    FROM (SELECT jsonb_object_keys(CASE jsonb_typeof(given->'fields') WHEN 'object' THEN given->'fields' ELSE '{}' END)
          UNION ALL
          SELECT jsonb_object_keys(CASE jsonb_typeof(given->'vector') WHEN 'object' THEN given->'vector' ELSE '{}' END)
          UNION ALL
          SELECT jsonb_array_elements_text(CASE jsonb_typeof(given->'exclude') WHEN 'array' THEN given->'exclude' ELSE '[]' END)
         ) named(column_name)
   WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = source AND a.attname = column_name
                        AND a.attnum > 0 AND NOT a.attisdropped)
   LIMIT 1;
  IF unknown IS NOT NULL THEN
    RAISE undefined_column USING MESSAGE = format('column "%s" of %s does not exist', unknown, source);
  END IF;
  PERFORM stele.check_publishable(source);

  SELECT name INTO collection_name FROM stele.collection c WHERE c.source_oid = source::oid;
  IF FOUND THEN
    RAISE duplicate_object USING MESSAGE = format('%s is published already, as "%s"', source, collection_name),
      HINT = format('SELECT stele.unpublish(%L) first to publish it in another way.', source);
  END IF;
  collection_name := coalesce(given->>'collection', t.relname);
  IF EXISTS (SELECT FROM stele.collection c WHERE c.name = collection_name) THEN
    RAISE duplicate_object USING MESSAGE = format('there is a collection "%s" already', collection_name),
      HINT = 'Say another name in the options: {"collection": "name"}.';
  END IF;

  IF NOT EXISTS (SELECT FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
                  WHERE p.pubname = 'stele' AND r.prrelid = source) THEN
    EXECUTE format('ALTER PUBLICATION stele ADD TABLE %s', source);
  END IF;
  INSERT INTO stele.collection (name, source, kind, options)
  VALUES (collection_name, source, 'published', stele.fix_dimensions(source, given));
  RETURN collection_name;
END $$;

CREATE OR REPLACE FUNCTION stele.publish(source text, options jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql AS $$ SELECT stele.publish(source::regclass, options) $$;

CREATE OR REPLACE FUNCTION stele.unpublish(source regclass) RETURNS text
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  collection_name text;
BEGIN
  DELETE FROM stele.collection c WHERE c.source_oid = source::oid AND c.kind = 'published'
    RETURNING name INTO collection_name;
  IF NOT FOUND THEN
    RAISE undefined_object USING MESSAGE = format('%s is not published', source);
  END IF;
  -- Keys that are read from it must hear of its changes still.
  IF EXISTS (SELECT FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
              WHERE p.pubname = 'stele' AND r.prrelid = source)
     AND NOT EXISTS (SELECT FROM stele.key_cache k, jsonb_array_elements(k.options->'tables') t
                      WHERE (t->>'oid')::oid = source::oid) THEN
    EXECUTE format('ALTER PUBLICATION stele DROP TABLE %s', source);
  END IF;
  RETURN collection_name;
END $$;

CREATE OR REPLACE FUNCTION stele.unpublish(source text) RETURNS text
LANGUAGE sql AS $$ SELECT stele.unpublish(source::regclass) $$;
)sql";

const std::string_view kPublication = R"sql(
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = 'stele') THEN
    CREATE PUBLICATION stele FOR TABLE stele.collection, stele.object
      WITH (publish_via_partition_root = true);
  END IF;
END $$;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA stele FROM PUBLIC;
)sql";

}  // namespace stele::views::sql_text
