#include "protocols/redis/lua/interpreter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace stele::redis::lua {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Answers every command with its own words.
class Echo final : public ScriptHost {
 public:
  std::optional<std::string> call(std::span<const std::string_view> arguments, int,
                                  std::string& reply) override {
    if (arguments[0] == "refused") return "-NOPERM no";
    if (arguments[0] == "raw") {
      reply += arguments[1];
      return std::nullopt;
    }
    reply += "*" + std::to_string(arguments.size()) + "\r\n";
    for (const std::string_view word : arguments) reply += "+" + std::string(word) + "\r\n";
    return std::nullopt;
  }
  std::optional<bool> may_call(std::span<const std::string_view>) override { return true; }
  void log(int, std::string_view text) override { logged += text; }
  bool interrupt() override { return ++interrupts > interrupts_max; }

  std::string logged;
  int interrupts = 0;
  int interrupts_max = 1'000'000;
};

class InterpreterTest : public testing::Test {
 protected:
  std::string run(std::string_view body, int protocol = 2) {
    const std::string name = sha1_hex(body);
    const auto compiled = interpreter_.compile(name, body);
    if (!compiled) return "compile: " + compiled.error().message;
    std::string out;
    const std::string_view keys[] = {"k1", "k2"};
    const std::string_view arguments[] = {"a1"};
    const auto problem = interpreter_.run(host_, name, keys, arguments, protocol, out);
    if (!problem) return out;
    EXPECT_EQ(out, "");
    // Without the digest.
    return problem->substr(0, problem->find(" script: "));
  }

  Interpreter interpreter_{Dialect::kScripts, 32U << 20};
  Echo host_;
};

TEST_F(InterpreterTest, ValuesBecomeReplies) {
  EXPECT_EQ(run("return {1, 'two', {3.9, true, false}, nil, 5}"),
            "*3\r\n:1\r\n$3\r\ntwo\r\n*3\r\n:3\r\n:1\r\n$-1\r\n");
  EXPECT_EQ(run("return redis.status_reply('FINE')"), "+FINE\r\n");
  EXPECT_EQ(run("return redis.error_reply('MY error')"), "-MY error\r\n");
  EXPECT_EQ(run("return {err='MY error'}"), "-MY error\r\n");
  EXPECT_EQ(run("return KEYS[2] .. ARGV[1] .. #KEYS"), "$5\r\nk2a12\r\n");
  EXPECT_EQ(run("return {double=1.5}", 3), ",1.5\r\n");
  EXPECT_EQ(run("return {double=1.5}"), "$3\r\n1.5\r\n");
  EXPECT_EQ(run("redis.setresp(3) return true", 3), "#t\r\n");
  EXPECT_EQ(run("return {map={a=1}}", 3), "%1\r\n$1\r\na\r\n:1\r\n");
  EXPECT_EQ(run("return {set={a=true}}", 3), "~1\r\n$1\r\na\r\n");
  EXPECT_EQ(run("return {big_number='12\\r\\n3'}", 3), "(12  3\r\n");
  EXPECT_EQ(run("return {verbatim_string={format='txt', string='x'}}", 3), "=5\r\ntxt:x\r\n");
  EXPECT_EQ(run("local t = {} t[1] = t return t").substr(0, 8), "*1\r\n*1\r\n");
}

TEST_F(InterpreterTest, RepliesBecomeValues) {
  EXPECT_EQ(run("return redis.call('GET', 'k', 12, 0.1)"),
            "*4\r\n+GET\r\n+k\r\n+12\r\n+0.10000000000000001\r\n");
  EXPECT_EQ(run("return redis.call('raw', '$-1\\r\\n') == false and 'nil'"), "$3\r\nnil\r\n");
  EXPECT_EQ(run("return redis.call('raw', ',1.5\\r\\n').double * 2"), ":3\r\n");
  EXPECT_EQ(run("return redis.call('raw', '%1\\r\\n$1\\r\\na\\r\\n:7\\r\\n').map.a"), ":7\r\n");
  EXPECT_EQ(run("return redis.pcall('raw', '-BAD thing\\r\\n').err"), "$9\r\nBAD thing\r\n");
  EXPECT_EQ(run("return redis.call('raw', '-BAD thing\\r\\n')"), "BAD thing");
  EXPECT_EQ(run("redis.call('refused')"), "NOPERM no");
  EXPECT_EQ(run("redis.call()"), "ERR Please specify at least one argument for this redis lib call");
  EXPECT_EQ(run("redis.call({})"), "ERR Lua redis lib command arguments must be strings or integers");
  EXPECT_EQ(run("return {pcall(redis.call, 'refused')}"), "*2\r\n$-1\r\n$9\r\nNOPERM no\r\n");
}

TEST_F(InterpreterTest, NothingOutlivesAScript) {
  for (const char* const trick :
       {"redis = 1", "_G.x = 1", "string.x = 1", "redis.call = 1", "cjson.encode = 1", "setmetatable(_G, {})",
        "rawset(_G, 'x', 1)", "local g = getmetatable(_G) g.__index = {}", "_G = {}", "getfenv(0).x = 1",
        "rawset(string, 'x', 1)", "bit.x = 1"}) {
    EXPECT_THAT(run(trick), HasSubstr("Attempt to modify a readonly table")) << trick;
  }
  EXPECT_THAT(run("return x"), HasSubstr("nonexistent global variable 'x'"));
  EXPECT_THAT(run("x = 1"), HasSubstr("Attempt to modify a readonly table"));
  EXPECT_EQ(run("setfenv(0, {}) return 1"), ":1\r\n");
  EXPECT_EQ(run("return redis.sha1hex('')"), "$40\r\nda39a3ee5e6b4b0d3255bfef95601890afd80709\r\n");
  for (const char* const gone :
       {"io", "os.execute", "require", "dofile", "loadfile", "print", "debug", "newproxy"}) {
    EXPECT_THAT(run(std::string("return ") + gone + "('x')"), StartsWith("ERR ")) << gone;
  }
  EXPECT_THAT(run("return loadstring(string.dump(function() return 1 end))()"), StartsWith("ERR "));
  EXPECT_EQ(run("return loadstring('return 7')()"), ":7\r\n");
  EXPECT_EQ(run("\033Lua"), "compile: bytecode is not allowed");
  EXPECT_EQ(run("return getmetatable('')"), "$-1\r\n");
  EXPECT_EQ(run("local n = 0 for k in pairs(redis) do n = n + 1 end return n > 10"), ":1\r\n");
}

TEST_F(InterpreterTest, ErrorsSayWhere) {
  const auto compiled = interpreter_.compile("s", "\nerror('oh')");
  ASSERT_TRUE(compiled.has_value());
  std::string out;
  EXPECT_EQ(*interpreter_.run(host_, "s", {}, {}, 2, out),
            "ERR user_script:2: oh script: s, on @user_script:2.");
  EXPECT_THAT(run("return ("), StartsWith("compile: user_script:1:"));
  EXPECT_EQ(run("error({err='MINE x'})"), "MINE x");
  EXPECT_THAT(run("error(setmetatable({}, {__index = function() error('trap') end}))"), StartsWith("ERR"));
  EXPECT_THAT(run("error()"), StartsWith("ERR"));
}

TEST_F(InterpreterTest, WhatTakesTooMuchEnds) {
  host_.interrupts_max = 10;
  EXPECT_EQ(run("while true do end"), "ERR Script killed by user with SCRIPT KILL...");
  host_.interrupts = 0;
  EXPECT_EQ(run("while true do pcall(function() while true do end end) end"),
            "ERR Script killed by user with SCRIPT KILL...");
  host_.interrupts = 0;
  EXPECT_EQ(run("coroutine.wrap(function() while true do end end)()"),
            "ERR Script killed by user with SCRIPT KILL...");
  host_.interrupts_max = 1'000'000;
  EXPECT_THAT(run("local s = 'x' while true do s = s .. s end"), HasSubstr("not enough memory"));
  EXPECT_THAT(run("local function f() return f() + 1 end return f()"), HasSubstr("stack overflow"));
  EXPECT_THAT(run("return string.find('x', string.rep('a*', 20000))"), HasSubstr("pattern too complex"));
  EXPECT_EQ(run("return 1"), ":1\r\n");
}

TEST_F(InterpreterTest, LibrariesOfRedis) {
  EXPECT_EQ(run("return cjson.encode({1, 'x', {a = true}})"), "$18\r\n[1,\"x\",{\"a\":true}]\r\n");
  EXPECT_EQ(run("return cjson.decode('[1,{\"a\":[2]}]')[2].a[1]"), ":2\r\n");
  EXPECT_EQ(run("return bit.tohex(bit.bor(0xf0, 0x0f), 4)"), "$4\r\n00ff\r\n");
  EXPECT_EQ(run("return cmsgpack.pack({1, 'x', {a = 1.5}})"),
            "$12\r\n\x93\x01\xa1x\x81\xa1"
            "a\xca\x3f\xc0" +
                std::string(2, '\0') + "\r\n");
  EXPECT_EQ(run("local t = cmsgpack.unpack(cmsgpack.pack({-1, 300, -70000, 2^40, 'x', {a = {1}}})) "
                "return {t[1], t[2], t[3], tostring(t[4]), t[6].a[1]}"),
            "*5\r\n:-1\r\n:300\r\n:-70000\r\n$13\r\n1099511627776\r\n:1\r\n");
  EXPECT_THAT(run("return cmsgpack.unpack('\\221')"), HasSubstr("Missing bytes in input."));
  EXPECT_THAT(run("return cmsgpack.unpack(string.rep('\\145', 100000))"), HasSubstr("Bad data format"));
  EXPECT_EQ(run("return struct.pack('>I2hs', 258, -2, 'ab')"),
            "$7\r\n\x01\x02\xff\xfe"
            "ab" +
                std::string(1, '\0') + "\r\n");
  EXPECT_EQ(run("local a, b, n = struct.unpack('<i4d', struct.pack('<i4d', -5, 0.5)) return {a, b * 2, n}"),
            "*3\r\n:-5\r\n:1\r\n:13\r\n");
  EXPECT_THAT(run("return struct.unpack('>I4', 'abc')"), HasSubstr("data string too short"));
  EXPECT_EQ(
      run("math.randomseed(42) local a = math.random(100) math.randomseed(42) return a == math.random(100)"),
      ":1\r\n");
}

}  // namespace
}  // namespace stele::redis::lua
