#include <array>
#include <set>
#include <vector>

#include "text/positions.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

// Each token through several chains of filters; what comes out lies at its position, each term once.
class MultiplexerFilter final : public TokenFilter {
 public:
  explicit MultiplexerFilter(std::vector<std::vector<TokenFilterPtr>> branches)
      : branches_(std::move(branches)) {}

  void filter(Tokens& tokens) const override {
    PositionWriter out(tokens);
    std::uint32_t increment = 0;
    std::set<std::string, std::less<>> seen;
    Tokens one;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const std::uint32_t own = increment_of(tokens, i);
      if (own > 0) seen.clear();
      increment += own;
      for (const auto& branch : branches_) {
        one.clear();
        one.push_back(tokens[i]);
        one.back().position = 0;
        one.text_size = tokens.text_size;
        for (const TokenFilterPtr& part : branch) part->filter(one);
        for (Token& token : one) {
          if (!seen.insert(token.term).second) continue;
          out.add(std::move(token), increment);
          increment = 0;
        }
      }
    }
    tokens = out.finish(tokens.holes_at_end + increment);
  }

 private:
  std::vector<std::vector<TokenFilterPtr>> branches_;
};

Result<TokenFilterPtr> make_multiplexer(const Parameters& parameters, const Workshop& workshop) {
  STELE_TRY(const bool preserve, parameters.boolean("preserve_original", true));
  std::vector<std::vector<TokenFilterPtr>> branches;
  if (preserve) branches.emplace_back();
  for (const std::string& names : parameters.raw_list("filters")) {
    std::vector<TokenFilterPtr>& branch = branches.emplace_back();
    for (const std::string& name : Parameters({{"x", {{names}, false}}}).list("x")) {
      // A filter that names itself would never end.
      if (const auto own = workshop.registry.analysis().filters.find(name);
          own != workshop.registry.analysis().filters.end() && own->second.text("type") == "multiplexer")
        return illegal("Token filter [" + name + "] cannot be used within a multiplexer");
      Result<TokenFilterPtr> part = workshop.registry.filter(name, workshop.before);
      if (!part && part.error().code == ErrorCode::kNotFound)
        return illegal("Multiplexing filter refers to undefined tokenfilter [" + name + "]");
      if (!part) return part.error();
      branch.push_back(*std::move(part));
    }
  }
  if (branches.empty()) return illegal("multiplexer requires [filters]");
  return std::make_shared<const MultiplexerFilter>(std::move(branches));
}

constexpr std::array kRows = {TokenFilterRow{"multiplexer", make_multiplexer}};

}  // namespace

std::span<const TokenFilterRow> branching_filter_rows() {
  return kRows;
}

}  // namespace stele::text
