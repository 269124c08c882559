#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/lsn.h"
#include "engine/document.h"
#include "engine/schema.h"
#include "engine/segment/field_reader.h"
#include "engine/segment/ordinal.h"
#include "engine/segment/versions.h"

namespace stele::engine {

// The hash by which segments find keys: the same on every machine, since sealed segments keep it.
std::uint64_t hash_key(const DocKey& key);

// Which versions of documents stand together, and what is in them? Immutable but for the deaths of its
// versions. Documents stand in the order in which they were applied, and segments stay in that order when
// they are joined, so that the place of a version tells its age. Threads: any reader; kill by the writer
// alone.
class Segment {
 public:
  virtual ~Segment() = default;
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  virtual DocumentPtr document(DocOrdinal ordinal) const = 0;
  virtual DocKey key(DocOrdinal ordinal) const = 0;
  // Order of application over the whole collection, each once.
  virtual std::uint64_t sequence(DocOrdinal ordinal) const = 0;
  // Null where no document has the field.
  virtual const FieldReader* field(FieldId id) const = 0;
  // An estimate of what it holds, its documents included, without the deaths.
  virtual std::size_t content_bytes() const = 0;

  std::size_t size() const { return versions_.size(); }
  const Versions& versions() const { return versions_; }
  bool is_alive(DocOrdinal ordinal) const { return versions_.is_alive(ordinal); }
  bool is_visible(DocOrdinal ordinal, Lsn lsn) const { return versions_.is_visible(ordinal, lsn); }
  bool all_visible(Lsn lsn) const { return versions_.all_visible(lsn); }
  std::size_t memory_bytes() const { return content_bytes() + versions_.memory_bytes(); }

  // Calls accept(ordinal) for the versions of `key`, newest first within the segment, until one returns true.
  template <class Accept>
  bool find(const DocKey& key, std::uint64_t hash, Accept&& accept) const {
    const auto call = [](void* target, DocOrdinal ordinal) {
      return (*static_cast<std::remove_reference_t<Accept>*>(target))(ordinal);
    };
    return find_versions(key, hash, call, &accept);
  }
  template <class Accept>
  bool find(const DocKey& key, Accept&& accept) const {
    return find(key, hash_key(key), accept);
  }

  // The writer's. See Versions.
  void kill(DocOrdinal ordinal, Lsn lsn) { versions_.kill(ordinal, lsn); }
  // After a join, with the writer kept out: the deaths of the parts that are not known yet.
  void adopt_deaths(std::span<const std::shared_ptr<Segment>> parts);

 protected:
  explicit Segment(Versions versions) : versions_(std::move(versions)) {}
  using AcceptCall = bool (*)(void* target, DocOrdinal ordinal);
  virtual bool find_versions(const DocKey& key, std::uint64_t hash, AcceptCall call, void* target) const = 0;

  Versions versions_;
};

using SegmentList = std::vector<std::shared_ptr<Segment>>;

// How does a collection make its segments? Threads: share freely.
class SegmentFactory {
 public:
  virtual ~SegmentFactory() = default;
  // Of documents applied together, in order; `sequences` ascending, one each.
  virtual std::shared_ptr<Segment> build(const Schema& schema, std::vector<DocumentPtr> documents,
                                         std::vector<std::uint64_t> sequences) const = 0;
  // The versions of `parts` that were not dead at `oldest`, in order. Deaths are not carried over: see
  // Segment::adopt_deaths.
  virtual std::shared_ptr<Segment> join(const Schema& schema, std::span<const std::shared_ptr<Segment>> parts,
                                        Lsn oldest) const = 0;
  // As join, for what is to be kept on disk: a SealedSegment. Null from those that make none.
  virtual std::shared_ptr<Segment> sealed(const Schema&, std::span<const std::shared_ptr<Segment>>,
                                          Lsn) const {
    return nullptr;
  }
  // Segments are not joined into larger ones than this.
  virtual std::size_t documents_max() const = 0;
  // Would a join of this one alone make searches faster? For what is left out while a writer waits.
  virtual bool is_unfinished(const Schema&, const Segment&) const { return false; }
};

}  // namespace stele::engine
