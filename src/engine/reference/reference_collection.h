#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "engine/collection.h"
#include "engine/segment/segment.h"
#include "engine/segment/segment_store.h"

namespace stele::engine::reference {

// The reference engine's view: a list of segments, immutable, and the LSN that decides which versions count.
class ReferenceView final : public CollectionView {
 public:
  ReferenceView(std::string name, KeyLayout layout, Lsn lsn, std::shared_ptr<const Schema> schema,
                std::shared_ptr<const SegmentList> segments)
      : name_(std::move(name)),
        layout_(std::move(layout)),
        lsn_(lsn),
        schema_(std::move(schema)),
        segments_(std::move(segments)) {}

  const std::string& name() const override { return name_; }
  Lsn lsn() const override { return lsn_; }
  const Schema& schema() const override { return *schema_; }
  const KeyLayout& key_layout() const override { return layout_; }
  DocumentPtr get(const DocKey& key) const override;
  std::size_t document_count() const override;

  const SegmentList& segments() const { return *segments_; }

 private:
  std::string name_;
  KeyLayout layout_;
  Lsn lsn_;
  std::shared_ptr<const Schema> schema_;
  std::shared_ptr<const SegmentList> segments_;
};

// A collection as a list of segments in memory. A batch becomes a segment of its own; small neighbours are
// joined by the writer at once (up to kInlineDocuments, a few milliseconds), larger ones by maintain(), which
// builds beside the writer and takes its lock only to pick the parts and to put the result in their place.
// Cost: apply about 20 µs a document of 60 words; view two pointer copies.
class ReferenceCollection final : public Collection {
 public:
  static constexpr std::size_t kFanIn = 8;
  static constexpr std::size_t kInlineDocuments = 512;

  // `factory` makes the segments; `store` (or null) keeps them, and with `restore` gives those to begin with.
  ReferenceCollection(CollectionOptions options, Schema schema, VisibleLsn& visible,
                      std::shared_ptr<const SegmentFactory> factory,
                      std::unique_ptr<SegmentStore> store = nullptr, bool restore = false);

  const CollectionOptions& options() const override { return options_; }
  Result<ApplyReport> apply(ChangeBatch batch) override;
  Result<void> add_fields(std::vector<FieldDefinition> fields) override;
  DocumentPtr latest(const DocKey& key) const override;
  std::shared_ptr<const Schema> schema() const override;
  CollectionStats stats() const override;
  std::shared_ptr<const CollectionView> view(Lsn lsn) const override;
  bool maintain() override;
  Result<void> save(Lsn complete) override;

 private:
  // The documents that a batch leaves behind, in the order of their last change.
  struct Pending {
    std::vector<DocumentPtr> documents;  // null: replaced or deleted later in the batch
    std::unordered_map<DocKey, std::size_t> places;
  };
  // Of a version.
  struct Place {
    std::size_t segment = 0;
    DocOrdinal ordinal = 0;
  };
  struct Window {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  Result<void> check(const ChangeBatch& batch, const Schema& schema) const;
  std::shared_ptr<const SegmentList> segments() const;
  void publish(SegmentList segments);
  DocumentPtr former(const Pending& pending, const DocKey& key) const;
  std::optional<Place> find_alive(const SegmentList& list, const DocKey& key) const;
  bool remove(Pending& pending, const DocKey& key, Lsn lsn);
  std::size_t truncate(Pending& pending, Lsn lsn);
  void upsert(Pending& pending, Change change, Lsn lsn, const Schema& schema, ApplyReport& report);
  void append(Pending pending, const Schema& schema);
  bool is_claimed(const SegmentList& list, const Window& window) const;
  void join_tail(SegmentList& list, const Schema& schema);
  std::optional<Window> choose_window(const SegmentList& list, Lsn oldest) const;
  // Segments of the list that others stand for, in order; none: of a window that nothing is left of.
  struct Stand {
    Window window;
    std::shared_ptr<Segment> segment;
  };
  Result<std::vector<Stand>> write_segments(const SegmentList& list, const Schema& schema, Lsn complete,
                                            std::uint64_t next_sequence);
  void put_in_place(const SegmentList& former, std::span<const Stand> stands);

  const CollectionOptions options_;
  VisibleLsn& visible_;
  const std::shared_ptr<const SegmentFactory> factory_;

  // Held by what takes segments to put others in their place, all the while.
  std::mutex joining_mutex_;
  std::unique_ptr<SegmentStore> store_;  // guarded by it

  // Held by apply and add_fields, and by maintain at its beginning and end; guards what follows up to the
  // next comment.
  mutable std::mutex writer_mutex_;
  std::uint64_t next_sequence_ = 1;
  SegmentList claimed_;  // what maintain is joining

  std::atomic<std::uint64_t> applied_{0};
  mutable std::atomic<std::size_t> last_found_{0};  // the segment where find_alive() looks first

  // Held for the copy of a pointer.
  mutable std::mutex list_mutex_;
  std::shared_ptr<const Schema> schema_;
  std::shared_ptr<const SegmentList> segments_;
};

}  // namespace stele::engine::reference
