#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "keyspace/errors.h"
#include "keyspace/keyspace.h"
#include "keyspace/reference_keyspace.h"
#include "keyspace/store_keyspace.h"

namespace stele::keyspace {

// An implementation of the contract under test: add one to implementations() and every test here holds it.
struct Implementation {
  std::string name;
  std::function<std::unique_ptr<Keyspace>(const Clock&, KeyClasses)> make;
};

inline std::vector<Implementation> implementations() {
  return {{"Reference",
           [](const Clock& clock, KeyClasses classes) {
             ReferenceOptions options;
             options.classes = std::move(classes);
             return make_reference_keyspace(clock, std::move(options));
           }},
          {"Store", [](const Clock& clock, KeyClasses classes) {
             StoreOptions options;
             options.classes = std::move(classes);
             return make_store_keyspace(clock, std::move(options));
           }}};
}

inline std::string implementation_name(const testing::TestParamInfo<Implementation>& info) {
  return info.param.name;
}

constexpr DatabaseNumber kDb{0};

inline KeyRef key(std::string_view name) {
  return {kDb, name};
}

// A keyspace with a clock that stands still. Keys are of the class cache unless they begin with "d:"
// (durable), "s:" (durable, sync) or "m:" (mapped).
class KeyspaceTest : public testing::TestWithParam<Implementation> {
 protected:
  KeyspaceTest() {
    std::vector<KeyClasses::Rule> rules = {{"d:", KeyClass::kDurable},
                                           {"s:", KeyClass::kDurableSync},
                                           {"m:", KeyClass::kMapped},
                                           {"d:cache:", KeyClass::kCache}};
    keyspace_ = GetParam().make(clock_, KeyClasses(KeyClass::kCache, std::move(rules)));
  }

  GroupHandle whole() { return keyspace_->begin(Scope::whole()); }
  WallMs now() const {
    return {std::chrono::duration_cast<std::chrono::milliseconds>(clock_.wall().time_since_epoch()).count()};
  }
  WallMs in_ms(std::int64_t ms) const { return {now().value + ms}; }
  void advance_ms(std::int64_t ms) { clock_.advance(std::chrono::milliseconds(ms)); }

  void set(std::string_view name, std::string_view value, SetOptions options = {}) {
    const auto written = whole()->strings().set(key(name), value, options);
    ASSERT_TRUE(written.has_value()) << written.error().to_string();
    ASSERT_TRUE(written->written);
  }
  void set_until(std::string_view name, std::string_view value, WallMs at) {
    SetOptions options;
    options.expiry = ExpiryChange::until(at);
    set(name, value, options);
  }
  // The value, or "(nil)", or the error's text.
  std::string get(std::string_view name) {
    const GroupHandle group = whole();
    const auto value = group->strings().get(key(name));
    if (!value.has_value()) return value.error().message;
    return std::string(value->value_or("(nil)"));
  }
  void set_fields(std::string_view name, std::vector<FieldRef> fields) {
    const auto added = whole()->hashes().set(key(name), fields);
    ASSERT_TRUE(added.has_value()) << added.error().to_string();
  }
  std::vector<Field> fields(std::string_view name) {
    const GroupHandle group = whole();
    const auto all = group->hashes().get_all(key(name));
    std::vector<Field> copied;
    if (!all.has_value()) return copied;
    for (const FieldRef& field : *all) copied.push_back({std::string(field.name), std::string(field.value)});
    return copied;
  }
  Keys::Expiry expiry(std::string_view name) { return *whole()->keys().expiry(key(name)); }
  Cut cut() {
    std::optional<Cut> taken = keyspace_->take_cut();
    for (int i = 0; !taken && i < 100; ++i) taken = keyspace_->take_cut();
    EXPECT_TRUE(taken.has_value());
    return taken ? *std::move(taken) : Cut{};
  }

  ManualClock clock_;
  std::unique_ptr<Keyspace> keyspace_;
};

template <class T>
std::string failure(const Result<T>& result) {
  return result.has_value() ? "no error" : result.error().message;
}

}  // namespace stele::keyspace
