#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "postgres/wire/backend.h"
#include "postgres/wire/frontend.h"
#include "postgres/wire/startup.h"

namespace stele::postgres::wire {
namespace {

using namespace std::string_literals;       // NOLINT
using namespace std::string_view_literals;  // NOLINT

// Decodes the first frame of `bytes` and encodes it again: the same bytes.
std::string frontend_again(std::string_view bytes) {
  const auto frame = read_frame(bytes);
  if (!frame || !*frame) return "no frame";
  const auto message = decode_frontend(**frame);
  if (!message) return message.error().to_string();
  std::string out;
  std::visit([&](const auto& value) { append(out, value); }, *message);
  return out;
}

std::string backend_again(std::string_view bytes) {
  const auto frame = read_frame(bytes);
  if (!frame || !*frame) return "no frame";
  const auto message = decode_backend(**frame);
  if (!message) return message.error().to_string();
  std::string out;
  std::visit([&](const auto& value) { append(out, value); }, *message);
  return out;
}

std::string framed(char type, std::string_view payload) {
  std::string out;
  {
    const FrameWriter frame(out, type);
    out.append(payload);
  }
  return out;
}

TEST(FrameTest, WaitsForTheWholeFrame) {
  const std::string bytes = framed('Q', "select 1\0"sv);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto frame = read_frame(std::string_view(bytes).substr(0, size));
    ASSERT_TRUE(frame.has_value());
    EXPECT_FALSE(frame->has_value()) << size;
  }
  const std::string longer = bytes + "more";
  const auto frame = read_frame(longer);
  ASSERT_TRUE(frame.has_value() && frame->has_value());
  EXPECT_EQ((*frame)->type, 'Q');
  EXPECT_EQ((*frame)->payload, "select 1\0"sv);
  EXPECT_EQ((*frame)->size(), bytes.size());
}

TEST(FrameTest, RefusesLengthsOutOfLimits) {
  EXPECT_EQ(read_frame("Q\0\0\0\3"sv).error().code, ErrorCode::kProtocol);
  EXPECT_EQ(read_frame("Q\xff\xff\xff\xff"sv).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(read_frame("Q\0\0\0\x0f"sv, 10).error().code, ErrorCode::kTooLarge);
  EXPECT_FALSE(read_frame("Q\0\0\0\x0e"sv, 10)->has_value());
  EXPECT_EQ(read_frame_header("Q\0\0\0\x0e"sv)->value().frame_size(), 15U);
}

TEST(StartupTest, ReadsWhatItWrites) {
  std::string out;
  append(out, StartupMessage{kProtocolVersion, {{"user", "ann"}, {"database", "shop"}, {"user", "bob"}}});
  append(out, SslRequest{});
  append(out, GssEncRequest{});
  append(out, CancelRequest{7, "abcd"});

  auto packet = read_startup(out);
  ASSERT_TRUE(packet.has_value() && packet->has_value());
  const auto& startup = std::get<StartupMessage>((*packet)->packet);
  EXPECT_EQ(startup.version, kProtocolVersion);
  EXPECT_EQ(startup.parameter("user"), "bob");
  EXPECT_EQ(startup.parameter("database"), "shop");
  EXPECT_EQ(startup.parameter("replication"), "");
  out.erase(0, (*packet)->size);

  packet = read_startup(out);
  EXPECT_TRUE(std::holds_alternative<SslRequest>((*packet)->packet));
  packet = read_startup(std::string_view(out).substr(8));
  EXPECT_TRUE(std::holds_alternative<GssEncRequest>((*packet)->packet));
  packet = read_startup(std::string_view(out).substr(16));
  const auto& cancel = std::get<CancelRequest>((*packet)->packet);
  EXPECT_EQ(cancel.process_id, 7U);
  EXPECT_EQ(cancel.key, "abcd");
}

TEST(StartupTest, RefusesWhatIsNoPacket) {
  EXPECT_FALSE(read_startup("\0\0\0"sv)->has_value());
  EXPECT_FALSE(read_startup("\0\0\0\x09\0\3\0\0"sv)->has_value());
  EXPECT_EQ(read_startup("\0\0\0\7\0\0\0"sv).error().code, ErrorCode::kProtocol);
  EXPECT_EQ(read_startup("GET / HTTP/1.1\r\n"sv).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(read_startup("\0\0\0\x0a\0\3\0\0ab"sv).error().code, ErrorCode::kProtocol);
  EXPECT_EQ(read_startup("\0\0\0\x0b\0\3\0\0a\0"
                         "b"sv)
                .error()
                .code,
            ErrorCode::kProtocol);
  EXPECT_EQ(read_startup("\0\0\0\x0a\0\3\0\0\0a"sv).error().code, ErrorCode::kProtocol);
  // Protocol 2.0: shown with its version, for the caller to refuse.
  const auto old = read_startup("\0\0\0\x0a\0\2\0\0xy"sv);
  ASSERT_TRUE(old.has_value() && old->has_value());
  EXPECT_EQ(std::get<StartupMessage>((*old)->packet).version, 131072U);
}

TEST(FrontendTest, EveryMessageRoundTrips) {
  const std::string bind_payload =
      "p\0s\0"
      "\0\1\0\1"
      "\0\2\0\0\0\2ab\xff\xff\xff\xff"
      "\0\2\0\0\0\1"s;
  const std::vector<std::pair<char, std::string>> messages = {
      {'Q', "select 1\0"s},
      {'P', "s\0select $1\0\0\1\0\0\0\x17"s},
      {'B', bind_payload},
      {'D', "Ss\0"s},
      {'D', "Pp\0"s},
      {'E', "p\0\0\0\0\5"s},
      {'C', "Ss\0"s},
      {'H', ""},
      {'S', ""},
      {'d', "1\tx\n"},
      {'c', ""},
      {'f', "no\0"s},
      {'p', "secret\0"s},
      {'F', "\0\0\0\1\0\0\0\1\0\0\0\1x\0\0"s},
      {'X', ""},
  };
  for (const auto& [type, payload] : messages) {
    const std::string bytes = framed(type, payload);
    EXPECT_EQ(frontend_again(bytes), bytes) << type;
    // One byte less or more is no message of these types, but for the two that carry anything.
    if (type == 'd' || type == 'p') continue;
    EXPECT_THAT(frontend_again(framed(type, payload + "x")), testing::HasSubstr("invalid")) << type;
    if (payload.empty()) continue;
    EXPECT_THAT(frontend_again(framed(type, payload.substr(0, payload.size() - 1))),
                testing::HasSubstr("invalid"))
        << type;
  }
  EXPECT_THAT(frontend_again(framed('?', "")), testing::HasSubstr("invalid frontend message type"));
}

TEST(FrontendTest, BindShowsItsCells) {
  std::string out;
  const std::array<Cell, 3> cells = {"12", std::nullopt, ""};
  const std::array formats = {Format::kBinary};
  append_bind(out, "", "find", {}, cells, formats);
  const auto message = decode_frontend(**read_frame(out));
  ASSERT_TRUE(message.has_value());
  const auto& bind = std::get<Bind>(*message);
  EXPECT_EQ(bind.statement, "find");
  EXPECT_EQ(bind.parameter_formats.size(), 0U);
  ASSERT_EQ(bind.parameters.size(), 3U);
  EXPECT_EQ(bind.parameters[0], Cell("12"));
  EXPECT_EQ(bind.parameters[1], Cell());
  EXPECT_EQ(bind.parameters[2], Cell(""));
  EXPECT_EQ(bind.result_formats[0], 1);
}

TEST(FrontendTest, RefusesCellsOfImpossibleLength) {
  for (const auto length : {"\x7f\xff\xff\xff"sv, "\xff\xff\xff\xfe"sv, "\x80\0\0\0"sv}) {
    const std::string payload = "\0\0\0\0\0\1"s + std::string(length) + "\0\0"s;
    EXPECT_THAT(frontend_again(framed('B', payload)), testing::HasSubstr("invalid Bind"));
  }
}

TEST(FrontendTest, AuthenticationResponses) {
  std::string out;
  append_password(out, "s3cret");
  auto message = decode_frontend(**read_frame(out));
  EXPECT_EQ(*decode_password(std::get<AuthenticationResponse>(*message)), "s3cret");
  out.clear();
  append(out, SaslInitialResponse{"SCRAM-SHA-256", "n,,n=,r=x"});
  message = decode_frontend(**read_frame(out));
  const auto sasl = decode_sasl_initial(std::get<AuthenticationResponse>(*message));
  ASSERT_TRUE(sasl.has_value());
  EXPECT_EQ(sasl->mechanism, "SCRAM-SHA-256");
  EXPECT_EQ(sasl->data, "n,,n=,r=x");
  EXPECT_FALSE(decode_password(AuthenticationResponse{"no end"}).has_value());
  EXPECT_FALSE(decode_sasl_initial(AuthenticationResponse{"SCRAM\0\0\0\0\5ab"sv}).has_value());
}

TEST(BackendTest, EveryMessageRoundTrips) {
  const std::vector<std::pair<char, std::string>> messages = {
      {'R', "\0\0\0\0"s},
      {'R', "\0\0\0\5salt"s},
      {'R', "\0\0\0\x0aSCRAM-SHA-256\0\0"s},
      {'S', "TimeZone\0UTC\0"s},
      {'K', "\0\0\0\7abcd"s},
      {'v', "\0\0\0\2\0\0\0\1_pq_.x\0"s},
      {'Z', "T"},
      {'T', "\0\1id\0\0\0\1\2\0\1\0\0\0\x17\0\4\xff\xff\xff\xff\0\1"s},
      {'D', "\0\2\0\0\0\1x\xff\xff\xff\xff"s},
      {'C', "INSERT 0 5\0"s},
      {'I', ""},
      {'n', ""},
      {'1', ""},
      {'2', ""},
      {'3', ""},
      {'s', ""},
      {'t', "\0\1\0\0\0\x17"s},
      {'E', "SERROR\0C42P01\0Mno such table\0\0"s},
      {'N', "SNOTICE\0Mhm\0\0"s},
      {'A', "\0\0\0\7jobs\0wake\0"s},
      {'G', "\0\0\2\0\0\0\0"s},
      {'H', "\1\0\1\0\1"s},
      {'W', "\0\0\0"s},
      {'d', "1\tx\n"},
      {'c', ""},
      {'V', "\0\0\0\2ab"s},
  };
  for (const auto& [type, payload] : messages) {
    const std::string bytes = framed(type, payload);
    EXPECT_EQ(backend_again(bytes), bytes) << type;
    if (type == 'd') continue;
    // A cancel key has no fixed length, so one byte more or less is still one.
    if (type != 'K')
      EXPECT_THAT(backend_again(framed(type, payload + "x")), testing::HasSubstr("invalid")) << type;
    if (payload.empty()) continue;
    const std::string cut = backend_again(framed(type, payload.substr(0, payload.size() - 1)));
    EXPECT_THAT(cut, testing::HasSubstr("invalid")) << type;
  }
  EXPECT_THAT(backend_again(framed('?', "")), testing::HasSubstr("invalid backend message type"));
  EXPECT_THAT(backend_again(framed('R', "\0\0\0\x63"s)), testing::HasSubstr("not known"));
}

TEST(BackendTest, ReadsFields) {
  std::string out;
  append(out, RowDescription{
                  {{"id", 16385, 1, 23, 4, -1, Format::kText}, {"x", 0, 0, 25, -1, -1, Format::kBinary}}});
  const auto rows = decode_row_description((*read_frame(out))->payload);
  ASSERT_TRUE(rows.has_value());
  ASSERT_EQ(rows->fields.size(), 2U);
  EXPECT_EQ(rows->fields[0].name, "id");
  EXPECT_EQ(rows->fields[0].table, 16385U);
  EXPECT_EQ(rows->fields[1].format, Format::kBinary);
  EXPECT_EQ(rows->fields[1].type_size, -1);

  EXPECT_EQ((CommandComplete{"INSERT 0 5"}.rows()), 5U);
  EXPECT_EQ((CommandComplete{"SELECT 120"}.rows()), 120U);
  EXPECT_EQ((CommandComplete{"CREATE TABLE"}.rows()), 0U);

  out.clear();
  const std::array names = {"SCRAM-SHA-256-PLUS"sv, "SCRAM-SHA-256"sv};
  append_sasl_mechanisms(out, names);
  const auto offered = decode_backend(**read_frame(out));
  EXPECT_THAT(std::get<Authentication>(*offered).mechanisms(), testing::ElementsAreArray(names));
}

}  // namespace
}  // namespace stele::postgres::wire
