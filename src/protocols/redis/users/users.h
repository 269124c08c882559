#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/redis/users/rules.h"

namespace stele::redis {

// Who is he, and what may he do now? Kept by all clients that are logged in as him, also after he was
// removed. Any thread: rules are replaced as a whole.
class User {
 public:
  User(std::string name, Rules rules) : name_(std::move(name)) { set_rules(std::move(rules)); }

  const std::string& name() const { return name_; }
  // He may do everything: what a request asks first, one load.
  bool is_unrestricted() const { return is_unrestricted_.load(std::memory_order_relaxed); }
  std::shared_ptr<const Rules> rules() const;

 private:
  friend class Users;
  void set_rules(Rules rules);

  const std::string name_;
  std::atomic<bool> is_unrestricted_ = false;
  mutable std::mutex mutex_;
  std::shared_ptr<const Rules> rules_;
};

// Which users are there? The default user always is, and is whoever connects. Any thread; locked.
class Users {
 public:
  using UserRules = std::map<std::string, Rules, std::less<>>;

  // `password` is the default user's; empty: he needs none.
  explicit Users(const std::string& password);

  const std::shared_ptr<User>& default_user() const { return default_; }
  std::shared_ptr<User> find(std::string_view name) const;  // null if there is none
  std::vector<std::shared_ptr<User>> all() const;           // by name
  // Makes or changes a user.
  std::shared_ptr<User> put(std::string_view name, Rules rules);
  // The user that was removed; null if there was none. Not the default user.
  std::shared_ptr<User> remove(std::string_view name);
  // These instead of those that there were, who are the result; the default user stays who he is.
  std::vector<std::shared_ptr<User>> replace(UserRules rules);

  // Whether who did not log in is refused: the default user has a password or is disabled.
  bool asks_for_password() const { return asks_for_password_.load(std::memory_order_relaxed); }
  // What requirepass was set to, for who asks; setting it changes the default user's passwords.
  std::string required_password() const;
  void require_password(std::string_view password);
  // acl-pubsub-default: whether new users have all channels.
  bool gives_all_channels() const { return gives_all_channels_.load(std::memory_order_relaxed); }
  void give_all_channels(bool gives) { gives_all_channels_ = gives; }

  // Who changes users by what they are now holds it meanwhile.
  std::mutex& change_mutex() { return change_mutex_; }

 private:
  void note_default();

  const std::shared_ptr<User> default_;
  std::atomic<bool> asks_for_password_ = false;
  std::atomic<bool> gives_all_channels_ = false;
  std::mutex change_mutex_;
  mutable std::mutex mutex_;  // of what follows
  std::map<std::string, std::shared_ptr<User>, std::less<>> users_;
  std::string required_password_;
};

// "user NAME RULES", a line of an ACL file for each.
std::string describe_line(const User& user);
// An ACL file's users; the error names what is wrong in which lines, as ACL LOAD says it.
Result<Users::UserRules> read_acl_file(std::string_view text, std::string_view file, bool all_channels);
// A name that can stand in a line of an ACL file.
bool is_user_name(std::string_view name);

}  // namespace stele::redis
