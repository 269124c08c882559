#include "protocols/qdrant/payload/payload_tree.h"

#include <algorithm>

namespace stele::qdrant {
namespace {

using Steps = std::vector<JsonPath::Step>;

bool equal_up_to(const Steps& left, const Steps& right, std::size_t count) {
  return std::equal(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(count), right.begin());
}

}  // namespace

PayloadTree PayloadTree::from(json::Value value) {
  PayloadTree tree;
  if (value.is_array()) {
    tree.kind_ = Kind::kArray;
    for (const json::Value element : value.elements()) tree.elements_.push_back(from(element));
  } else if (value.is_object()) {
    tree.kind_ = Kind::kObject;
    for (const auto& [key, member] : value.members()) {
      std::string name(key);
      if (PayloadTree* there = tree.find(name)) {
        *there = from(member);
      } else {
        tree.members_.emplace_back(std::move(name), from(member));
      }
    }
  } else {
    tree.scalar_ = value.raw().empty() ? "null" : std::string(value.raw());
  }
  return tree;
}

void PayloadTree::write(json::Writer& writer) const {
  switch (kind_) {
    case Kind::kScalar:
      writer.raw(scalar_.empty() ? "null" : scalar_);
      return;
    case Kind::kArray:
      writer.begin_array();
      for (const PayloadTree& element : elements_) element.write(writer);
      writer.end_array();
      return;
    case Kind::kObject:
      writer.begin_object();
      for (const auto& [key, member] : members_) {
        writer.key(key);
        member.write(writer);
      }
      writer.end_object();
      return;
  }
}

std::string PayloadTree::to_json() const {
  std::string out;
  json::Writer writer(out, json::NumberForm::kPlain);
  write(writer);
  return out;
}

PayloadTree* PayloadTree::find(const std::string& key) {
  for (auto& [name, member] : members_)
    if (name == key) return &member;
  return nullptr;
}

void PayloadTree::become(Kind kind) {
  if (kind_ == kind) return;
  *this = PayloadTree(kind);
}

void PayloadTree::merge(const PayloadTree& values) {
  for (const auto& [key, value] : values.members_) {
    if (value.kind_ == Kind::kScalar && value.scalar_ == "null") {
      std::erase_if(members_, [&key](const auto& member) { return member.first == key; });
    } else if (PayloadTree* there = find(key)) {
      *there = value;
    } else {
      members_.emplace_back(key, value);
    }
  }
}

void PayloadTree::set(const JsonPath* path_or_null, const PayloadTree& values) {
  if (path_or_null == nullptr) return merge(values);
  set_at(*path_or_null, 0, values);
}

void PayloadTree::set_at(const JsonPath& path, std::size_t at, const PayloadTree& values) {
  if (at == path.steps.size()) {
    become(Kind::kObject);
    return merge(values);
  }
  const JsonPath::Step& step = path.steps[at];
  if (const auto* key = std::get_if<std::string>(&step)) {
    become(Kind::kObject);
    PayloadTree* member = find(*key);
    if (member == nullptr) member = &members_.emplace_back(*key, PayloadTree()).second;
    return member->set_at(path, at + 1, values);
  }
  if (kind_ != Kind::kArray) return become(Kind::kArray);
  if (const auto* place = std::get_if<std::size_t>(&step)) {
    if (*place < elements_.size()) elements_[*place].set_at(path, at + 1, values);
    return;
  }
  for (PayloadTree& element : elements_) element.set_at(path, at + 1, values);
}

void PayloadTree::remove(const JsonPath& path) {
  remove_at(path, 0);
}

void PayloadTree::remove_at(const JsonPath& path, std::size_t at) {
  const JsonPath::Step& step = path.steps[at];
  const bool last = at + 1 == path.steps.size();
  if (const auto* key = std::get_if<std::string>(&step)) {
    if (kind_ != Kind::kObject) return;
    if (last) {
      std::erase_if(members_, [key](const auto& member) { return member.first == *key; });
    } else if (PayloadTree* member = find(*key)) {
      member->remove_at(path, at + 1);
    }
    return;
  }
  if (kind_ != Kind::kArray) return;
  if (const auto* place = std::get_if<std::size_t>(&step)) {
    // To remove one element would not be the same when done twice: Qdrant does nothing either.
    if (!last && *place < elements_.size()) elements_[*place].remove_at(path, at + 1);
    return;
  }
  if (last) {
    elements_.clear();
  } else {
    for (PayloadTree& element : elements_) element.remove_at(path, at + 1);
  }
}

// Walks members and elements (each as [] of its array) and keeps those for which `keep(path)`.
template <class Keep>
PayloadTree PayloadTree::filtered(std::vector<JsonPath::Step>& here, const Keep& keep) const {
  PayloadTree made;
  made.kind_ = kind_;
  made.scalar_ = scalar_;
  for (const PayloadTree& element : elements_) {
    here.emplace_back(JsonPath::Any{});
    if (keep(here)) made.elements_.push_back(element.filtered(here, keep));
    here.pop_back();
  }
  for (const auto& [key, member] : members_) {
    here.emplace_back(key);
    if (keep(here)) made.members_.emplace_back(key, member.filtered(here, keep));
    here.pop_back();
  }
  return made;
}

PayloadTree PayloadTree::including(const std::vector<JsonPath>& paths) const {
  Steps here;
  return filtered(here, [&paths](const Steps& path) {
    return std::ranges::any_of(paths, [&path](const JsonPath& wanted) {
      return equal_up_to(path, wanted.steps, std::min(path.size(), wanted.steps.size()));
    });
  });
}

PayloadTree PayloadTree::excluding(const std::vector<JsonPath>& paths) const {
  Steps here;
  return filtered(here, [&paths](const Steps& path) {
    return std::ranges::none_of(paths, [&path](const JsonPath& unwanted) {
      return unwanted.steps.size() <= path.size() && equal_up_to(path, unwanted.steps, unwanted.steps.size());
    });
  });
}

}  // namespace stele::qdrant
