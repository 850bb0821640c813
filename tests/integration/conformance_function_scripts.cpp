#include <algorithm>

#include "conformance_scripts.hpp"

namespace obol::test {

std::string state_library() {
  return R"(#!lua name=states
local function call(keys, args)
  local answer = redis.call(unpack(args))
  return answer
end
redis.register_function('writes', call)
redis.register_function{function_name='deletes', callback=call, flags={'allow-oom'}}
redis.register_function{function_name='reads', callback=call, flags={'no-writes'}}
redis.register_function('loops', function() while true do end end)
)";
}

script_lines state_script() {
  return lines_of(R"(PING
PING x
GET k
SET k v
HDEL h f
DEL none
HGET h f
TIME
FUNCTION LIST LIBRARYNAME x
FUNCTION LOAD x
FUNCTION DELETE x
FUNCTION FLUSH FOO
FCALL writes 0 GET k
FCALL writes 0 SET k v
FCALL deletes 0 SET k v
FCALL deletes 0 DEL none
FCALL reads 0 GET k
FCALL reads 0 SET k v
FCALL_RO reads 0 GET k
FCALL_RO writes 0 GET k
FCALL none 0
FCALL writes x
EXPIREAT none 100
SELECT 0
ROLE
CLIENT ID
CLIENT SETNAME x
ECHO x
HELLO 2
HELLO 2 AUTH default x
AUTH default x
COMMAND INFO none
DBSIZE
NOPE
GET
FUNCTION
FUNCTION FOO
EXISTS k
FLUSHALL x
ZADD z 1 a
ZREM z a
HSETEX h FIELDS 1 f v
TTL k)");
}

std::vector<std::string> libraries_to_load() {
  const std::string head = "#!lua name=a\n";
  std::vector<std::string> result{
    "#!lua name=first\nredis.register_function('f1', function() return 1 end)",
    "#!lua name=first\nredis.register_function('f1', function() return 2 end)",
    "#!lua name=other\nredis.register_function('f1', function() return 1 end)",
    "#!lua name=other\nredis.register_function('F1', function() return 1 end)",
    "#!LUA name=upper\nredis.register_function('fu', function() return 1 end)",
    "",
    "x",
    "#!lua name=a",
    "#!lua\nx",
    "#!\nx",
    "#!js name=a\nx",
    "#!lua name=a name=b\nx",
    "#!lua name=a foo=b\nx",
    "#!lua name=a.b\nx",
    "#!lua name=\nx"};
  for (const auto* body : {
         "return +",
         "local x = 1",
         "error('boo')",
         "local x = nil + 1",
         "x = 1",
         "local a = x",
         "local a = string.len('x')",
         "redis.call('GET', 'x')",
         "redis.register_function('a.b', function() end)",
         "redis.register_function('a', function() end) "
         "redis.register_function('a', function() end)",
         "redis.register_function('a')",
         "redis.register_function()",
         "redis.register_function(1, 2, 3)",
         "redis.register_function('a', 1)",
         "redis.register_function({}, function() end)",
         "redis.register_function{function_name='a'}",
         "redis.register_function{callback=function() end}",
         "redis.register_function{function_name='a', callback=1}",
         "redis.register_function{function_name={}, callback=function() end}",
         "redis.register_function{function_name='a', "
         "callback=function() end, flags={'foo'}}",
         "redis.register_function{function_name='a', "
         "callback=function() end, flags='foo'}",
         "redis.register_function{function_name='a', "
         "callback=function() end, bar=1}",
         "redis.register_function{function_name='a', description='about', "
         "callback=function() end, flags={'no-writes', 'allow-oom', "
         "'allow-stale', 'no-cluster', 'allow-cross-slot-keys'}}",
       })
    result.push_back(head + body);
  return result;
}

std::string lua_library() {
  return R"lua(#!lua name=conv
local R = redis.register_function
R('nil_', function() return nil end)
R('true_', function() return true end)
R('false_', function() return false end)
R('num', function() return 3.99 end)
R('neg', function() return -3.99 end)
R('big', function() return 1e18 end)
R('str', function() return 'a\0b' end)
R('arr', function() return {1, 'x', nil, 2} end)
R('nested', function() return {1, {2, {'a'}}, {ok='fine'}, {err='bad'}, true, false} end)
R('ok', function() return {ok='FINE\r\nx'} end)
R('err', function() return {err='MY error'} end)
R('err2', function() return {err='nocode'} end)
R('errrep', function() return redis.error_reply('MY error') end)
R('errrep2', function() return redis.error_reply('nocode') end)
R('errrep3', function() return redis.error_reply('-MY error') end)
R('errrep4', function() return redis.error_reply(1) end)
R('status', function() return redis.status_reply('FINE') end)
R('fun', function() return function() end end)
R('map', function() return {a=1} end)
R('empty', function() return {} end)
R('keys', function(keys, args) return {keys, args} end)
R('call', function(keys, args) return redis.call(unpack(args)) end)
R('pcall_', function(keys, args) return redis.pcall(unpack(args)) end)
R('pcallerr', function(keys, args) local r = redis.pcall(unpack(args)) return {type(r), r.err, r.ok} end)
R('luapcall', function(keys, args) local a, b = pcall(redis.call, unpack(args)) return {tostring(a), type(b), b} end)
R('errorstr', function() error('boo') end)
R('errorstr0', function() error('boo', 0) end)
R('errortab', function() error({err='MY boo'}) end)
R('errornil', function() error() end)
R('arith', function(keys, args) local x = args[9] + 1 end)
R('callnum', function(keys, args) return redis.call('SET', 'n', 1.5) end)
R('n1', function() return redis.call('ECHO', 1e18) end)
R('n2', function() return redis.call('ECHO', 0.1) end)
R('n3', function() return redis.call('ECHO', 1e20) end)
R('n4', function() return redis.call('ECHO', 100) end)
R('n5', function() return redis.call('ECHO', -1.25) end)
R('n6', function() return redis.call('ECHO', 9007199254740993) end)
R('n7', function() return redis.call('ECHO', 1/0) end)
R('noargs', function() return redis.call() end)
R('badarg', function() return redis.call('ECHO', {}) end)
R('badarg2', function() return redis.call('ECHO', true) end)
R('acl', function(keys, args) return redis.acl_check_cmd(unpack(args)) end)
R('glob', function() return nope end)
R('setglob', function() x = 1 end)
R('redisnope', function() return redis.nope() end)
R('rfn', function() redis.register_function('zz', function() end) end)
R('nestederr', function(keys,args)
  local function inner()
    redis.call('SET', 'k')
  end
  inner()
end)
R('tail', function(keys,args)
  return redis.call('SET', 'k')
end)
R('notail', function(keys,args)
  local a = redis.call('SET', 'k')
  return a
end)
redis.register_function{function_name='ro', callback=function(keys,args) local a = redis.call(unpack(args)) return a end, flags={'no-writes'}}
redis.register_function{function_name='oomok', callback=function(keys,args) local a = redis.call(unpack(args)) return a end, flags={'allow-oom'}, description='desc'}
)lua";
}

script_lines lua_script() {
  script_lines result{"FLUSHALL", "SET k v", "HSET h f v"};
  for (const auto* name :
       {"nil_",   "true_",   "false_",    "num",       "neg",       "big",
        "str",    "arr",     "nested",    "ok",        "err",       "err2",
        "errrep", "errrep2", "errrep3",   "errrep4",   "status",    "fun",
        "map",    "empty",   "errorstr",  "errorstr0", "errortab",  "errornil",
        "arith",  "callnum", "n1",        "n2",        "n3",        "n4",
        "n5",     "n6",      "n7",        "noargs",    "badarg",    "badarg2",
        "glob",   "setglob", "redisnope", "rfn",       "nestederr", "tail",
        "notail"})
    result.push_back("FCALL " + std::string{name} + " 0");
  for (const auto* command : {"",
                              "GET k",
                              "GET none",
                              "SET k v",
                              "HGET k f",
                              "NOPE a",
                              "GET",
                              "FCALL f 0",
                              "FUNCTION LIST",
                              "FUNCTION FOO",
                              "HMGET h a f",
                              "HGETALL h",
                              "DEL none",
                              "PING",
                              "TYPE k",
                              "HELLO",
                              "AUTH a",
                              "SELECT 1",
                              "CLIENT ID",
                              "TIME x",
                              "ROLE",
                              "EXPIREAT k x",
                              "ZADD z x y",
                              "COMMAND INFO none",
                              "SELECT 99",
                              "HSETEX h FIELDS 1 f v",
                              "EXPIRE k -1",
                              "set k v",
                              "FLUSHALL"})
    for (const auto* function : {"call", "pcall_", "pcallerr", "luapcall"})
      result.push_back("FCALL " + std::string{function} + " 0 " + command);
  for (const auto* command : {"", "GET k", "GET", "NOPE", "set a b c d e",
                              "FUNCTION LOAD x", "FUNCTION FOO", "HSETEX k"})
    result.push_back("FCALL acl 0 " + std::string{command});
  const auto more = lines_of(R"(FCALL keys 2 a b c
FCALL keys -1 a b c
FCALL keys 4 a b c
FCALL keys x a b c
FCALL KEYS 1 a
FCALL_RO keys 1 a
SET k v
FCALL ro 0 GET k
FCALL ro 0 SET k w
FCALL_RO ro 0 GET k
FCALL oomok 0 GET k
FCALL oomok 0 SET k w
FCALL_RO oomok 0 GET k
FCALL_RO none 0
FCALL_RO call x
FCALL call
FCALL none x
FUNCTION LIST
FUNCTION LIST WITHCODE)");
  result.insert(result.end(), more.begin(), more.end());
  return result;
}

} // namespace obol::test
