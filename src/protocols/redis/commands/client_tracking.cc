// CLIENT TRACKING, CACHING, GETREDIR, TRACKINGINFO: what clients keep in caches of their own.
#include "protocols/redis/commands/client_tracking.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace stele::redis {

namespace {

constexpr std::string_view kModeIsFixed =
    "You can't switch {} before disabling tracking for this client, and then re-enabling it with a different "
    "mode.";

// False after an error was answered.
bool read_redirect(Call& call, std::string_view text, std::uint64_t& redirect) {
  if (redirect != 0) {
    call.fail("A client can only redirect to a single other client");
    return false;
  }
  const auto id = integer_argument(text);
  if (!id) {
    call.fail(id.error());
    return false;
  }
  redirect = static_cast<std::uint64_t>(*id);
  if (call.head().clients().find(redirect)) return true;
  call.fail("The client ID you want redirect to does not exist");
  return false;
}

bool read_options(Call& call, TrackingOptions& options, std::vector<std::string_view>& prefixes) {
  for (std::size_t i = 3; i < call.size(); ++i) {
    const bool has_more = i + 1 < call.size();
    if (call.is(i, "REDIRECT") && has_more) {
      if (!read_redirect(call, call[++i], options.redirect)) return false;
    } else if (call.is(i, "BCAST")) {
      options.is_broadcast = true;
    } else if (call.is(i, "OPTIN")) {
      options.is_opt_in = true;
    } else if (call.is(i, "OPTOUT")) {
      options.is_opt_out = true;
    } else if (call.is(i, "NOLOOP")) {
      options.skips_own = true;
    } else if (call.is(i, "PREFIX") && has_more) {
      prefixes.push_back(call[++i]);
    } else {
      call.fail_syntax();
      return false;
    }
  }
  return true;
}

// What is wrong with the options, together and with what the client tracks already; empty when nothing is.
std::string problem_of(const TrackingOptions& present, const TrackingOptions& options, bool has_prefixes) {
  if (!options.is_broadcast && has_prefixes) return "PREFIX option requires BCAST mode to be enabled";
  if (present.is_on && present.is_broadcast != options.is_broadcast) {
    return fmt::format(fmt::runtime(kModeIsFixed), "BCAST mode on/off");
  }
  if (options.is_broadcast && (options.is_opt_in || options.is_opt_out)) {
    return "OPTIN and OPTOUT are not compatible with BCAST";
  }
  if (options.is_opt_in && options.is_opt_out) return "You can't specify both OPTIN mode and OPTOUT mode";
  if ((options.is_opt_in && present.is_opt_out) || (options.is_opt_out && present.is_opt_in)) {
    return fmt::format(fmt::runtime(kModeIsFixed), "OPTIN/OPTOUT mode");
  }
  return {};
}

bool collide(std::string_view a, std::string_view b) {
  return a.starts_with(b) || b.starts_with(a);
}

std::string collision_of(const TrackingOptions& present, const std::vector<std::string_view>& prefixes) {
  constexpr std::string_view kNoOverlap = "Prefixes for a single client must not overlap.";
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    for (const std::string& known : present.prefixes) {
      if (!collide(known, prefixes[i])) continue;
      return fmt::format("Prefix '{}' overlaps with an existing prefix '{}'. {}", prefixes[i], known,
                         kNoOverlap);
    }
    for (std::size_t j = i + 1; j < prefixes.size(); ++j) {
      if (!collide(prefixes[i], prefixes[j])) continue;
      return fmt::format("Prefix '{}' overlaps with another provided prefix '{}'. {}", prefixes[i],
                         prefixes[j], kNoOverlap);
    }
  }
  return {};
}

}  // namespace

void stop_tracking(Head& head, Client& client) {
  if (!client.tracking.is_on) return;
  client.tracking = {};
  client.is_caching_said = false;
  client.record->tracks = false;
  client.record->tracks_by_prefix = false;
  client.record->is_redirect_broken = false;
  client.record->redirect = -1;
  head.tracking().stop(*client.record);
  head.events().listen_if_wanted();
}

void client_tracking(Call& call) {
  Client& client = call.client();
  TrackingOptions options;
  std::vector<std::string_view> prefixes;
  if (!read_options(call, options, prefixes)) return;
  if (call.is(2, "OFF")) {
    stop_tracking(call.head(), client);
    return call.reply().ok();
  }
  if (!call.is(2, "ON")) return call.fail_syntax();
  std::string problem = problem_of(client.tracking, options, !prefixes.empty());
  if (problem.empty() && options.is_broadcast) problem = collision_of(client.tracking, prefixes);
  if (!problem.empty()) return call.fail(problem);
  options.is_on = true;
  options.prefixes = std::move(client.tracking.prefixes);
  options.prefixes.insert(prefixes.begin(), prefixes.end());
  if (options.is_broadcast && prefixes.empty()) options.prefixes.emplace();
  client.tracking = std::move(options);
  ClientRecord& record = *client.record;
  record.tracks = true;
  record.tracks_by_prefix = client.tracking.is_broadcast;
  record.redirect = static_cast<std::int64_t>(client.tracking.redirect);
  call.head().tracking().start(client.record, client.tracking);
  call.head().events().listen_if_wanted();
  call.reply().ok();
}

void client_caching(Call& call) {
  Client& client = call.client();
  if (!client.tracking.is_on) {
    return call.fail(
        "CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode "
        "enabled");
  }
  const bool says_yes = call.is(2, "YES");
  if (!says_yes && !call.is(2, "NO")) return call.fail_syntax();
  if (says_yes && !client.tracking.is_opt_in) {
    return call.fail("CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
  }
  if (!says_yes && !client.tracking.is_opt_out) {
    return call.fail("CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
  }
  client.is_caching_said = true;
  call.reply().ok();
}

void client_getredir(Call& call) {
  const TrackingOptions& tracking = call.client().tracking;
  call.reply().integer(tracking.is_on ? static_cast<std::int64_t>(tracking.redirect) : -1);
}

void client_trackinginfo(Call& call) {
  const Client& client = call.client();
  const TrackingOptions& tracking = client.tracking;
  std::vector<std::string_view> flags = {tracking.is_on ? "on" : "off"};
  if (tracking.is_broadcast) flags.emplace_back("bcast");
  if (tracking.is_opt_in) flags.emplace_back("optin");
  if (tracking.is_opt_in && client.is_caching_said) flags.emplace_back("caching-yes");
  if (tracking.is_opt_out) flags.emplace_back("optout");
  if (tracking.is_opt_out && client.is_caching_said) flags.emplace_back("caching-no");
  if (tracking.skips_own) flags.emplace_back("noloop");
  if (client.record->is_redirect_broken) flags.emplace_back("broken_redirect");
  wire::ReplyWriter& reply = call.reply();
  reply.map(3);
  reply.bulk("flags");
  reply.set(flags.size());
  for (const std::string_view flag : flags) reply.bulk(flag);
  reply.bulk("redirect");
  reply.integer(tracking.is_on ? static_cast<std::int64_t>(tracking.redirect) : -1);
  reply.bulk("prefixes");
  reply.array(tracking.prefixes.size());
  for (const std::string& prefix : tracking.prefixes) reply.bulk(prefix);
}

void remember_reads(Head& head, const Client& client, const Command& command,
                    std::span<const std::string_view> arguments) {
  const TrackingOptions& tracking = client.tracking;
  if (tracking.is_broadcast) return;
  if (tracking.is_opt_in && !client.is_caching_said) return;
  if (tracking.is_opt_out && client.is_caching_said) return;
  for_each_key_index(command, arguments,
                     [&](std::size_t i) { head.tracking().remember(arguments[i], *client.record); });
}

}  // namespace stele::redis
