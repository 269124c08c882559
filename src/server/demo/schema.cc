#include "server/demo/schema.h"

namespace stele::server::demo {

const std::string_view kDropTables = R"sql(
DROP TABLE IF EXISTS translation, dependency, package_tag, tag, package, maintainer, section;
)sql";

const std::string_view kCreateTables = R"sql(
CREATE TABLE section (
  id integer NOT NULL,
  name text NOT NULL
);
CREATE TABLE maintainer (
  id integer NOT NULL,
  name text NOT NULL,
  email text
);
CREATE TABLE package (
  id bigint PRIMARY KEY,
  name text NOT NULL,
  version text NOT NULL,
  architecture text,
  section text,
  section_id integer,
  maintainer text,
  maintainer_id integer,
  priority text,
  essential boolean NOT NULL,
  installed_size_kb bigint,
  size_bytes bigint,
  homepage text,
  source text,
  summary text,
  description text,
  tags text[] NOT NULL,
  depends_count integer NOT NULL,
  words real[]
);
CREATE TABLE tag (
  id integer NOT NULL,
  name text NOT NULL,
  facet text NOT NULL
);
CREATE TABLE package_tag (
  package_id bigint NOT NULL,
  tag_id integer NOT NULL
);
CREATE TABLE dependency (
  package_id bigint NOT NULL,
  kind text NOT NULL,
  position integer NOT NULL,
  alternative integer NOT NULL,
  name text NOT NULL,
  relation text,
  version text,
  target_id bigint
);
CREATE TABLE translation (
  package_id bigint NOT NULL,
  language text NOT NULL,
  summary text NOT NULL,
  description text
);
COMMENT ON TABLE package IS
  'The newest version of each package in this machine''s apt lists. section, maintainer and tags are written by the loader from the tables beside.';
COMMENT ON COLUMN package.words IS
  'Hashed bag of words of summary and description: 64 dimensions, signed, of length 1. Not an embedding of a language model: texts that share words are near.';
COMMENT ON COLUMN dependency.target_id IS
  'NULL where the name is a virtual package or one of another list.';
)sql";

const std::string_view kAddConstraints = R"sql(
ALTER TABLE section ADD PRIMARY KEY (id), ADD UNIQUE (name);
ALTER TABLE maintainer ADD PRIMARY KEY (id);
ALTER TABLE tag ADD PRIMARY KEY (id), ADD UNIQUE (name);
ALTER TABLE package ADD UNIQUE (name),
  ADD FOREIGN KEY (section_id) REFERENCES section,
  ADD FOREIGN KEY (maintainer_id) REFERENCES maintainer;
ALTER TABLE package_tag ADD PRIMARY KEY (package_id, tag_id),
  ADD FOREIGN KEY (package_id) REFERENCES package ON DELETE CASCADE,
  ADD FOREIGN KEY (tag_id) REFERENCES tag;
ALTER TABLE dependency ADD PRIMARY KEY (package_id, kind, position, alternative),
  ADD FOREIGN KEY (package_id) REFERENCES package ON DELETE CASCADE,
  ADD FOREIGN KEY (target_id) REFERENCES package ON DELETE SET NULL;
-- Deleted rows tell the stream their name too, by which the keys package:NAME are known.
CREATE UNIQUE INDEX package_identity ON package (id, name);
ALTER TABLE package REPLICA IDENTITY USING INDEX package_identity;
CREATE INDEX dependency_target ON dependency (target_id);
ALTER TABLE translation ADD PRIMARY KEY (package_id, language),
  ADD FOREIGN KEY (package_id) REFERENCES package ON DELETE CASCADE;
)sql";

}  // namespace stele::server::demo
